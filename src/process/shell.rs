//! Words as a POSIX shell reads them: for scripts, and for command lines that people copy.
//!
//! Input: words, which may be any bytes. Output: the same words, quoted where a shell would change
//! them.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What means the same with and without quotes, besides letters and digits.
const PLAIN: &[u8] = b"-_./=:,+@%";

/// `word`, in single quotes if it needs any.
pub fn shell_word(word: &OsStr) -> OsString {
    let bytes = word.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || PLAIN.contains(byte);
    if !bytes.is_empty() && bytes.iter().all(is_plain) {
        return word.to_owned();
    }
    shell_quoted(word)
}

/// `word` in single quotes.
pub fn shell_quoted(word: &OsStr) -> OsString {
    let parts: Vec<&[u8]> = word.as_bytes().split(|byte| *byte == b'\'').collect();
    OsString::from_vec([b"'", parts.join(&br"'\''"[..]).as_slice(), b"'"].concat())
}

/// A line with `words`, to read or to copy.
pub fn shell_line<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> String {
    let shown = |word: S| shell_word(word.as_ref()).to_string_lossy().into_owned();
    words.into_iter().map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_reads_the_same_words() {
        let other = OsString::from_vec(b"not \xff UTF-8".to_vec());
        let words =
            ["", "a b", "it's", "''", "$HOME `x`", "~", "*", "größe", "a\nb", "#", "!", "-n"];
        let words: Vec<_> = words.iter().map(OsString::from).chain([other]).collect();
        let mut script = OsString::from("printf '%s\\0'");
        for word in &words {
            script.push(" ");
            script.push(shell_word(word));
        }
        let done = Command::new("sh").arg("-c").arg(script).output().unwrap();
        let read: Vec<_> = done.stdout.split(|byte| *byte == 0).collect();
        let mut expected: Vec<_> = words.iter().map(|word| word.as_bytes()).collect();
        expected.push(b"");
        assert_eq!(read, expected);
    }

    #[test]
    fn plain_words_stay_as_they_are() {
        assert_eq!(
            shell_line(["uv", "--index=pypi", "a/b-1.0.whl", "a b"]),
            "uv --index=pypi a/b-1.0.whl 'a b'"
        );
    }
}

//! HTML whose markup is part of pygo: everything else is escaped.

/// A piece of a page.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Adds markup of pygo itself.
    pub(super) fn raw(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text, also within a quoted attribute.
    pub(super) fn text(mut self, text: &str) -> Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' => self.0.push('\n'),
                // Characters that are invisible, or change the direction of others.
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    self.0.push('\u{fffd}');
                }
                c if c.is_control() => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Adds a number, for example of a length or an id.
    pub(super) fn number(mut self, number: impl Into<f64>) -> Self {
        let text = format!("{:.3}", number.into());
        self.0.push_str(text.trim_end_matches('0').trim_end_matches('.'));
        self
    }

    /// Adds a position in a list.
    pub(super) fn index(mut self, index: usize) -> Self {
        self.0.push_str(&index.to_string());
        self
    }

    /// Adds another piece.
    pub(super) fn html(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds what `add` adds for each item.
    pub(super) fn each<T>(
        self,
        items: impl IntoIterator<Item = T>,
        add: impl Fn(Self, T) -> Self,
    ) -> Self {
        items.into_iter().fold(self, add)
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let text = "<b onx='1' y=\"2\">&amp;\u{202e}\u{0}\n";
        let escaped = "&lt;b onx=&#39;1&#39; y=&quot;2&quot;&gt;&amp;amp;\u{fffd}\u{fffd}\n";
        assert_eq!(Html::default().text(text).finish(), escaped);
    }

    #[test]
    fn numbers_are_short() {
        let numbers = Html::default().number(12.5).raw(" ").number(100.0).raw(" ").number(0.0004);
        assert_eq!(numbers.finish(), "12.5 100 0");
    }
}

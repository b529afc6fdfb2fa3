//! The time of every member of a wheel, and times as text.
//!
//! Input: the value of `SOURCE_DATE_EPOCH`. Output: a time that a zip can represent. Without the
//! variable it is 1980-01-01, the first day of the format, on every machine.

use zip::DateTime;

use super::error::FormatError;

/// A time in the range and resolution of a zip: 1980 to 2107, two seconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    zip: DateTime,
    unix: u64,
}

impl Default for Timestamp {
    fn default() -> Self {
        Self { zip: DateTime::default(), unix: RANGE.0.unsigned_abs() }
    }
}

/// 1980-01-01T00:00:00Z and 2107-12-31T23:59:58Z.
const RANGE: (i64, i64) = (315_532_800, 4_354_819_198);

impl Timestamp {
    /// The time in `SOURCE_DATE_EPOCH`, clamped to the range of a zip
    /// (<https://reproducible-builds.org/specs/source-date-epoch/>); 1980-01-01 without one.
    ///
    /// # Errors
    /// If it is not a decimal integer: the specification then requires the build to fail.
    pub fn from_source_date_epoch(value: Option<&str>) -> Result<Self, FormatError> {
        let Some(text) = value else {
            return Ok(Self::default());
        };
        let bad = || {
            let shown = text.escape_debug();
            FormatError(format!(
                "SOURCE_DATE_EPOCH is `{shown}`, not a number of seconds since 1970"
            ))
        };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let seconds: i64 = text.parse().map_err(|_| bad())?;
        let seconds = seconds.clamp(RANGE.0, RANGE.1);
        let zip = from_unix(seconds).ok_or_else(bad)?;
        Ok(Self { zip, unix: seconds.unsigned_abs() })
    }

    /// The same in seconds since 1970.
    pub fn unix(self) -> u64 {
        self.unix
    }

    pub(super) fn zip(self) -> DateTime {
        self.zip
    }
}

/// `unix`, in seconds since 1970, in UTC as RFC 3339 writes it: `2024-02-29T12:34:56Z`.
pub fn rfc3339(unix: u64) -> String {
    let (days, second) = (unix / 86_400, unix % 86_400);
    let (year, month, day) = civil_date(i64::try_from(days).unwrap_or_default());
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn from_unix(seconds: i64) -> Option<DateTime> {
    let (year, month, day) = civil_date(seconds / 86_400);
    let second = seconds % 86_400;
    DateTime::from_date_and_time(
        u16::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
        u8::try_from(second / 3_600).ok()?,
        u8::try_from(second / 60 % 60).ok()?,
        u8::try_from(second % 60).ok()?,
    )
    .ok()
}

/// Year, month and day, by Howard Hinnant's `civil_from_days` for days after 1970
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(value: &str) -> String {
        Timestamp::from_source_date_epoch(Some(value)).unwrap().zip().to_string()
    }

    #[test]
    fn default_is_the_first_day_of_the_format() {
        let none = Timestamp::from_source_date_epoch(None).unwrap();
        assert_eq!(none.zip().to_string(), "1980-01-01 00:00:00");
    }

    #[test]
    fn times_as_text_are_utc() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_709_210_097), "2024-02-29T12:34:57Z");
        assert_eq!(rfc3339(4_107_542_399), "2100-02-28T23:59:59Z");
    }

    #[test]
    fn time_is_utc_and_clamped() {
        assert_eq!(shown("1709210096"), "2024-02-29 12:34:56");
        assert_eq!(shown("951868799"), "2000-02-29 23:59:58");
        assert_eq!(shown("4107542400"), "2100-03-01 00:00:00");
        for low in ["0", "-5", "315532799", "315532800"] {
            assert_eq!(shown(low), "1980-01-01 00:00:00");
        }
        for high in ["4354819198", "4354819200", "9223372036854775807"] {
            assert_eq!(shown(high), "2107-12-31 23:59:58");
        }
    }

    #[test]
    fn non_numbers_are_refused() {
        for text in ["", "-", "+1", "1.5", "now", " 1", "1\n", "99999999999999999999"] {
            assert!(Timestamp::from_source_date_epoch(Some(text)).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn order_is_kept(a in RANGE.0..RANGE.1, step in 0..4_000_000i64) {
            let b = (a + step).min(RANGE.1);
            prop_assert!(from_unix(a).unwrap() <= from_unix(b).unwrap());
        }
    }
}

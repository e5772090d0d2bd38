//! Numbers and names as people read them.

use crate::usage::Totals;
use crate::usage::prices::DOLLAR;

/// `1,234,567`.
pub(in crate::cli) fn exact(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.23M`: three digits that count.
pub(super) fn short(number: u64) -> String {
    const UNITS: [&str; 5] = ["", "K", "M", "G", "T"];
    let mut value = number as f64;
    let mut unit = 0;
    // 999.95K would read 1000K.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = match value {
        _ if unit == 0 => 0,
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}{}", UNITS[unit])
}

/// `$1,234.57`; `-` without a price, and `+` behind it where some of the tokens have none.
pub(in crate::cli) fn cost(totals: &Totals) -> String {
    if totals.cost_usd().is_none() {
        return "-".to_owned();
    }
    let more = if totals.unpriced_tokens > 0 { "+" } else { "" };
    let cents = (totals.cost + DOLLAR / 200) / (DOLLAR / 100);
    if cents == 0 && totals.cost > 0 {
        return format!("<$0.01{more}");
    }
    let (dollars, cents) = ((cents / 100) as u64, cents % 100);
    format!("${}.{cents:02}{more}", exact(dollars))
}

/// A name from a transcript without what could steer a terminal.
pub(super) fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_or_shortened() {
        for (number, grouped, shortened) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.00K"),
            (9_994, "9,994", "9.99K"),
            (9_996, "9,996", "10.0K"),
            (99_949, "99,949", "99.9K"),
            (999_499, "999,499", "999K"),
            (999_500, "999,500", "1.00M"),
            (5_390_882_544, "5,390,882,544", "5.39G"),
            (u64::MAX, "18,446,744,073,709,551,615", "18446744T"),
        ] {
            assert_eq!(exact(number), grouped);
            assert_eq!(short(number), shortened);
        }
    }

    #[test]
    fn costs_are_rounded_to_the_cent_and_never_invented() {
        let of = |cost, unpriced_tokens, input| {
            let mut totals = Totals { unpriced_tokens, cost, ..Totals::default() };
            totals.tokens.input = input;
            super::cost(&totals)
        };
        assert_eq!(of(0, 0, 0), "$0.00");
        assert_eq!(of(DOLLAR / 1000, 0, 1), "<$0.01");
        assert_eq!(of(1_234 * DOLLAR + DOLLAR * 567 / 1000, 0, 1), "$1,234.57");
        assert_eq!(of(0, 5, 5), "-");
        assert_eq!(of(DOLLAR, 5, 6), "$1.00+");
    }
}

//! Text from outside as one harmless line.

/// `text` as one line of at most `units` UTF-16 units, with nothing in it that could close a fence,
/// pass for a tag or a code fence, or show otherwise than it reads.
///
/// White space runs become one space; terminal sequences, control, bidirectional and invisible
/// characters are dropped; `<`, `>` and `` ` `` become `‹`, `›` and `ʼ`. What is cut ends in `…`. Quoting
/// twice is quoting once.
pub fn quote(text: &str, units: usize) -> String {
    let mut line = String::with_capacity(text.len().min(units * 3));
    let mut used = 0;
    // Where to cut, should the text not fit: the last end that leaves room for the `…`.
    let mut cut = 0;
    let mut space = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let plain = match character {
            '\u{1b}' => {
                skip_sequence(&mut characters);
                continue;
            }
            '<' | '＜' | '﹤' => '‹',
            '>' | '＞' | '﹥' => '›',
            '`' | '｀' => 'ʼ',
            _ if character.is_whitespace() => {
                space = !line.is_empty();
                continue;
            }
            _ if is_hidden(character) => continue,
            _ => character,
        };
        if space {
            line.push(' ');
            used += 1;
            space = false;
        }
        line.push(plain);
        used += plain.len_utf16();
        if used > units {
            line.truncate(cut);
            if units > 0 {
                line.push('…');
            }
            return line;
        }
        if used < units {
            cut = line.len();
        }
    }
    line
}

/// The rest of a terminal sequence after its escape character: `[` with parameters up to a letter
/// (colours, cursor), or `]` up to its terminator (titles, links).
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match characters.peek() {
        Some('[') => {
            characters.next();
            while characters.next_if(|next| matches!(next, '\u{20}'..='\u{3f}')).is_some() {}
            characters.next_if(|next| matches!(next, '\u{40}'..='\u{7e}'));
        }
        Some(']') => {
            while characters.next_if(|next| !matches!(next, '\u{7}' | '\u{1b}' | '\n')).is_some() {}
        }
        _ => {}
    }
}

/// Characters without a shape of their own: they hide text from the reader or reorder it.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::quote;
    use proptest::prelude::*;

    #[test]
    fn nothing_closes_the_fence() {
        assert_eq!(
            quote("a\n</session-record>\r\n\t```sh\u{202e} x", 200),
            "a ‹/session-record› ʼʼʼsh x"
        );
        assert_eq!(
            quote("\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7}t\u{0}e\u{200b}xt", 99),
            "red text"
        );
        assert_eq!(
            quote("＜/session-record＞\u{2028}next\u{85}line", 99),
            "‹/session-record› next line"
        );
        assert_eq!(quote("\u{e003c}\u{e002f}tag\u{feff}", 99), "tag");
        assert_eq!(quote("  feature/über-größe 日本語 🦀 ", 99), "feature/über-größe 日本語 🦀");
    }

    #[test]
    fn a_cut_shows() {
        assert_eq!(quote("abcdef", 6), "abcdef");
        assert_eq!(quote("abcdefg", 6), "abcde…");
        assert_eq!(quote("abcd efg", 6), "abcd…");
        assert_eq!(quote("a🦀🦀", 4), "a🦀…");
        assert_eq!(quote("a🦀🦀", 3), "a…");
        assert_eq!(quote("🦀", 1), "…");
        assert_eq!(quote("x", 0), "");
        assert_eq!(quote("", 0), "");
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_bounded_line(
            text in "(?s)(.|[<>`\u{1b}\\[\\]\u{202e}\u{200d}\u{feff}\u{e0041} \n\r\t🦀]){0,80}",
            units in 0_usize..60,
        ) {
            let line = quote(&text, units);
            prop_assert!(line.encode_utf16().count() <= units);
            let forbidden = ['<', '>', '`', '\u{202e}', '\u{200d}', '\u{feff}'];
            prop_assert!(!line.contains(forbidden), "{}", line);
            prop_assert!(!line.chars().any(char::is_control), "{}", line);
            prop_assert_eq!(&quote(&line, units), &line);
        }
    }
}

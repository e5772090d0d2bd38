//! Markdown of unknown origin as markup that does nothing but show it.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// `text` as HTML. Markup in it is shown as it is written, links and images by their text alone: the
/// page leads nowhere and loads nothing.
pub(super) fn prose(text: &str) -> Markup {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut out = String::with_capacity(text.len() * 5 / 4);
    html::push_html(&mut out, Parser::new_ext(text, options).filter_map(tamed));
    PreEscaped(out)
}

/// An event with nothing in it that a browser would act on.
fn tamed(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(tag) => Event::Start(match tag {
            Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock => return None,
            Tag::Heading { level, .. } => Tag::Heading {
                level: below(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            },
            // The language would become the name of a class.
            Tag::CodeBlock(_) => {
                Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(CowStr::Borrowed("")))
            }
            tag => tag,
        }),
        Event::End(tag) => Event::End(match tag {
            TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock => return None,
            TagEnd::Heading(level) => TagEnd::Heading(below(level)),
            tag => tag,
        }),
        event => event,
    })
}

/// The page's own headings stand above those of a text.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        _ => HeadingLevel::H5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_acted_on() {
        for (hostile, gone) in [
            ("<script>alert(1)</script>", "<script"),
            ("a <img src=x onerror=alert(1)> b", "<img"),
            ("![pixel](http://example.com/p.png)", "example.com"),
            ("[go](javascript:alert(1))", "javascript:"),
            ("<javascript:alert(1)>", "<javascript"),
            ("```a\"onload=alert(1)\nx\n```", "onload"),
            ("# head { #id .class onclick=alert(1) }", "onclick=\""),
            ("<div>\n\n</div><style>*{display:none}</style>", "<style"),
            ("a\n</section></main>\nb", "</main>"),
        ] {
            let shown = prose(hostile).into_string();
            assert!(!shown.contains(gone), "{hostile} became {shown}");
        }
        assert_eq!(
            prose("**a** `b<c`").into_string(),
            "<p><strong>a</strong> <code>b&lt;c</code></p>\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn only_known_elements_come_out(text in "[ -~\n]{0,200}") {
            const KNOWN: [&str; 22] = [
                "p", "h3", "h4", "h5", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "br",
                "blockquote", "hr", "table", "thead", "tbody", "tr", "th", "td", "input",
            ];
            let shown = prose(&text).into_string();
            for tag in shown.split('<').skip(1) {
                let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                proptest::prop_assert!(KNOWN.contains(&&*name), "{name} in {shown}");
                let inside = tag.split('>').next().unwrap_or_default();
                for attribute in inside.split_whitespace().skip(1) {
                    let allowed = ["start=", "style=\"text-align:", "/", "disabled=", "type=\"checkbox\"", "checked=", "left\"", "center\"", "right\""];
                    proptest::prop_assert!(allowed.iter().any(|a| attribute.starts_with(a)), "{attribute} in {shown}");
                }
            }
        }
    }
}

//! The project's recent list as text: what changes one entry need not read the others.

use super::recent::{Entry, SESSIONS};
use crate::bytes;

/// How the list begins, as it is written.
const BEGINNING: &str = "{\"format\":1,\"recent\":{\"sessions\":[";

/// Entries, none of them read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing<'a> {
    entries: Vec<&'a str>,
    /// What stands behind the last.
    rest: &'a str,
}

impl<'a> Listing<'a> {
    /// `None` for a list that is not as it is written.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix(BEGINNING)?;
        let mut entries = Vec::with_capacity(SESSIONS);
        while rest.starts_with('{') {
            let (entry, behind) = rest.split_at(object(rest.as_bytes())?);
            entries.push(entry);
            rest = behind.strip_prefix(',').unwrap_or(behind);
        }
        rest.starts_with(']').then_some(Self { entries, rest })
    }

    /// The place of the session's entry.
    fn find(&self, id: &str) -> Option<usize> {
        // Within a string the quotation marks would be escaped, and nothing else in an entry has an id.
        let field = format!("\"id\":\"{id}\"");
        self.entries
            .iter()
            .position(|entry| bytes::find_part(field.as_bytes(), entry.as_bytes()).is_some())
    }

    /// The list with the session's entry changed: where it stands, if it has one, or `entered` at the front.
    /// `None` when the entry can't be read; the same text when nothing changed.
    pub(super) fn with(
        &self,
        id: &str,
        entered: bool,
        change: impl FnOnce(&mut Entry, bool),
    ) -> Option<String> {
        let known = self.find(id);
        let mut entry = match known {
            Some(at) => {
                serde_json::from_str(self.entries[at]).ok().filter(|e: &Entry| e.id == id)?
            }
            None => Entry { id: id.to_owned(), ..Entry::default() },
        };
        let own = if entered || known.is_some() {
            change(&mut entry, known.is_some());
            serde_json::to_string(&entry).ok()?
        } else {
            String::new()
        };
        let mut list: Vec<&str> = Vec::with_capacity(self.entries.len() + 1);
        if entered {
            list.push(&own);
        }
        for (at, entry) in self.entries.iter().enumerate() {
            match known == Some(at) {
                true if entered => {}
                true => list.push(&own),
                false => list.push(entry),
            }
        }
        if entered {
            list.truncate(SESSIONS);
        }
        let length: usize = list.iter().map(|entry| entry.len() + 1).sum();
        let mut text = String::with_capacity(BEGINNING.len() + length + self.rest.len());
        text.push_str(BEGINNING);
        for (at, entry) in list.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(entry);
        }
        text.push_str(self.rest);
        Some(text)
    }
}

/// Whether two texts are the same, told many bytes at once: the C library of a static program compares one by
/// one.
pub(super) fn same(one: &str, other: &str) -> bool {
    let bytes = one.bytes().zip(other.bytes());
    one.len() == other.len() && bytes.fold(0, |odd, (a, b)| odd | (a ^ b)) == 0
}

/// Where the object ends that a text begins with.
fn object(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match *text.get(at)? {
            b'"' => at += string(&text[at..])?,
            b'{' => {
                depth += 1;
                at += 1;
            }
            b'}' => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
}

/// Where the string ends that a text begins with.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += bytes::find_either(b'"', b'\\', &text[at..])?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
        // An escape at the very end.
        text.get(at)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(entries: &[&str], rest: &str) -> String {
        format!("{BEGINNING}{}{rest}", entries.join(","))
    }

    fn entry(id: &str, about: &str) -> String {
        let entry = Entry { id: id.to_owned(), about: about.to_owned(), ..Entry::default() };
        serde_json::to_string(&entry).unwrap()
    }

    #[test]
    fn one_entry_is_changed_and_the_others_stay_as_they_are() {
        let rest = "],\"pauses\":[{\"id\":\"b\"}],\"later\":{}}}\n";
        let (a, b) = (entry("a", "x \"id\":\"b\" } \\"), entry("b", "{"));
        let odd = "{\"new\":[{}], \"about\":\"\\\\\",\"id\":\"c\"}";
        let text = listed(&[&a, &b, odd], rest);
        let listing = Listing::of(&text).unwrap();
        let changed = listing.with("b", false, |entry, known| {
            assert!(known);
            "}".clone_into(&mut entry.about);
        });
        let new = entry("b", "}");
        assert_eq!(changed.unwrap(), listed(&[&a, &new, odd], rest));
        let moved = listing.with("b", true, |entry, _| "}".clone_into(&mut entry.about)).unwrap();
        assert_eq!(moved, listed(&[&new, &a, odd], rest));
        let entered = listing.with("d", true, |_, known| assert!(!known)).unwrap();
        assert_eq!(entered, listed(&[&entry("d", ""), &a, &b, odd], rest));
        let unknown = listing.with("d", false, |_, _| panic!("it has no entry"));
        assert_eq!(unknown.as_deref(), Some(&*text));
        assert_eq!(listing.with("a", false, |_, _| ()).as_deref(), Some(&*text));
    }

    #[test]
    fn the_first_entry_of_an_empty_list() {
        let text = listed(&[], "]}}\n");
        let entered = Listing::of(&text).unwrap().with("a", true, |_, _| ()).unwrap();
        assert_eq!(entered, listed(&[&entry("a", "")], "]}}\n"));
    }

    #[test]
    fn only_so_many_sessions_are_remembered() {
        let entries: Vec<String> = (0..SESSIONS).map(|n| entry(&n.to_string(), "")).collect();
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let text = listed(&entries, "]}}\n");
        let entered = Listing::of(&text).unwrap().with("new", true, |_, _| ()).unwrap();
        let listing = Listing::of(&entered).unwrap();
        assert_eq!(listing.entries.len(), SESSIONS);
        assert_eq!(listing.find("new"), Some(0));
        assert_eq!(listing.find(&(SESSIONS - 1).to_string()), None);
    }

    #[test]
    fn what_is_not_as_it_is_written_is_left_to_others() {
        let good = listed(&[&entry("a", "")], "]}}\n");
        assert!(Listing::of(&good).is_some());
        for bad in ["", "{", &good[1..], &good.replace("[{", "[ {"), &good[..good.len() - 12]] {
            assert_eq!(Listing::of(bad), None, "{bad}");
        }
        let broken = good.replace("\"cut_off\":false", "\"cut_off\":7");
        assert_eq!(Listing::of(&broken).unwrap().with("a", true, |_, _| ()), None);
    }
}

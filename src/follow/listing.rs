//! The project's recent list as text: what changes one entry need not read the others, and what asks for one to
//! go on with need not read what is ruled out by a few facts.

use super::deciding::{Asking, Deciding};
use super::recent::{Entry, SESSIONS};
use crate::bytes;
use crate::process::Identity;
use std::ops::Range;

/// How the list begins, as it is written.
const BEGINNING: &str = "{\"format\":1,\"recent\":{\"sessions\":[";

/// Where the entries of a list stand, none of them read as a whole.
#[derive(Debug, PartialEq)]
pub(super) struct Listing {
    entries: Vec<Range<usize>>,
    /// Where the last ends.
    end: usize,
}

impl Listing {
    /// `None` for a list that is not as it is written. What decides about each entry goes to `deciding`, as long
    /// as all are as they are written.
    pub(super) fn of<'a>(text: &'a str, deciding: &mut Vec<Deciding<'a>>) -> Option<Self> {
        let mut at = text.starts_with(BEGINNING).then_some(BEGINNING.len())?;
        let mut entries = Vec::with_capacity(SESSIONS);
        let mut more = text[at..].starts_with('{');
        while more {
            let read = Deciding::read(&text[at..]).filter(|_| deciding.len() == entries.len());
            let length = match read {
                Some((known, length)) => {
                    deciding.push(known);
                    length
                }
                None => object(&text.as_bytes()[at..])?,
            };
            entries.push(at..at + length);
            at += length;
            more = text[at..].starts_with(",{");
            at += usize::from(more);
        }
        text[at..].starts_with(']').then_some(Self { entries, end: at })
    }

    /// The list without the entries that make no difference to a start: neither is any of them offered, as
    /// another comes before it, nor finished, nor told to be open, nor does it say whether another one is.
    /// Those of `process` stay. `None` where an entry is not as it is written.
    pub(super) fn that_matter(
        &self,
        text: &str,
        deciding: &[Deciding<'_>],
        asking: &Asking<'_>,
        process: Option<&Identity>,
    ) -> Option<String> {
        let control = |byte: u8| byte < 0x20;
        let any = text[..self.end].bytes().fold(false, |found, byte| found | control(byte));
        if any || deciding.len() < self.entries.len() {
            return None;
        }
        let own = process.and_then(|process| serde_json::to_string(process).ok());
        let open = || deciding.iter().filter(|entry| !entry.settled);
        let processes: Vec<&str> =
            open().filter_map(|entry| entry.process).chain(own.as_deref()).collect();
        let with_prompt = deciding.iter().filter(|entry| entry.offered.prompts > 0);
        let mut taken: Vec<&str> = with_prompt.filter_map(|entry| entry.given).collect();
        taken.sort_unstable();
        let best = deciding
            .iter()
            .enumerate()
            .filter(|(_, e)| e.settled && e.id != asking.id && e.offered.fits(asking.attended))
            .filter(|(_, e)| taken.binary_search(&e.id).is_err())
            .min_by_key(|(_, e)| e.offered.order(asking))
            .map(|(at, _)| at);
        let rest = &text.as_bytes()[self.end..];
        let matters = |(at, entry): (usize, &Deciding<'_>)| {
            !entry.settled
                || best == Some(at)
                || entry.id == asking.id
                || entry.process.is_some_and(|process| processes.contains(&process))
                // It was paused.
                || (rest.len() > entry.id.len()
                    && bytes::find_part(entry.id.as_bytes(), rest).is_some())
        };
        let mut kept: Vec<bool> = deciding.iter().enumerate().map(matters).collect();
        // What took up one that stays, stays: without it, that would be offered.
        loop {
            let of_kept = deciding.iter().zip(&kept).filter(|(_, kept)| **kept);
            let ids: Vec<&str> = of_kept.map(|(entry, _)| entry.id).collect();
            let took_up = |entry: &Deciding<'_>| {
                entry.offered.prompts > 0 && entry.given.is_some_and(|given| ids.contains(&given))
            };
            let mut more = false;
            for (entry, kept) in deciding.iter().zip(&mut kept).filter(|(_, kept)| !**kept) {
                *kept = took_up(entry);
                more |= *kept;
            }
            if !more {
                break;
            }
        }
        let places = self.entries.iter().zip(&kept).filter(|(_, kept)| **kept);
        let texts: Vec<&str> = places.map(|(place, _)| &text[place.clone()]).collect();
        Some(self.joined(text, &texts))
    }

    /// The list of this text with these entries.
    fn joined(&self, text: &str, entries: &[&str]) -> String {
        let rest = &text[self.end..];
        let length: usize = entries.iter().map(|entry| entry.len() + 1).sum();
        let mut joined = String::with_capacity(BEGINNING.len() + length + rest.len());
        joined.push_str(BEGINNING);
        for (at, entry) in entries.iter().enumerate() {
            if at > 0 {
                joined.push(',');
            }
            joined.push_str(entry);
        }
        joined.push_str(rest);
        joined
    }

    /// The place of the session's entry.
    fn find(&self, text: &str, id: &str) -> Option<usize> {
        // Within a string the quotation marks would be escaped, and nothing else in an entry has an id.
        let field = format!("{{\"id\":\"{id}\"");
        self.entries.iter().position(|place| {
            let entry = &text[place.clone()];
            entry.starts_with(&field)
                || (!entry.starts_with("{\"id\"")
                    && bytes::find_part(&field.as_bytes()[1..], entry.as_bytes()).is_some())
        })
    }

    /// The list of this text with the session's entry changed: where it stands, if it has one, or `entered` at
    /// the front. `None` when the entry can't be read; the same text when nothing changed.
    pub(super) fn with(
        &self,
        text: &str,
        id: &str,
        entered: bool,
        change: impl FnOnce(&mut Entry, bool),
    ) -> Option<String> {
        let known = self.find(text, id);
        let mut entry = match known {
            Some(at) => serde_json::from_str(&text[self.entries[at].clone()])
                .ok()
                .filter(|e: &Entry| e.id == id)?,
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
        for (at, place) in self.entries.iter().enumerate() {
            match known == Some(at) {
                true if entered => {}
                true => list.push(&own),
                false => list.push(&text[place.clone()]),
            }
        }
        if entered {
            list.truncate(SESSIONS);
        }
        Some(self.joined(text, &list))
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

    fn places(text: &str) -> Option<Listing> {
        Listing::of(text, &mut Vec::new())
    }

    #[test]
    fn one_entry_is_changed_and_the_others_stay_as_they_are() {
        let rest = "],\"pauses\":[{\"id\":\"b\"}],\"later\":{}}}\n";
        let (a, b) = (entry("a", "x \"id\":\"b\" } \\"), entry("b", "{"));
        let odd = "{\"new\":[{}], \"about\":\"\\\\\",\"id\":\"c\"}";
        let text = listed(&[&a, &b, odd], rest);
        let listing = places(&text).unwrap();
        let changed = listing.with(&text, "b", false, |entry, known| {
            assert!(known);
            "}".clone_into(&mut entry.about);
        });
        let new = entry("b", "}");
        assert_eq!(changed.unwrap(), listed(&[&a, &new, odd], rest));
        let moved = listing.with(&text, "b", true, |entry, _| "}".clone_into(&mut entry.about));
        assert_eq!(moved.unwrap(), listed(&[&new, &a, odd], rest));
        let entered = listing.with(&text, "d", true, |_, known| assert!(!known)).unwrap();
        assert_eq!(entered, listed(&[&entry("d", ""), &a, &b, odd], rest));
        let found = listing.with(&text, "c", false, |_, known| assert!(known)).unwrap();
        assert!(found.contains(&entry("c", "\\")), "{found}");
        let unknown = listing.with(&text, "d", false, |_, _| panic!("it has no entry"));
        assert_eq!(unknown.as_deref(), Some(&*text));
        assert_eq!(listing.with(&text, "a", false, |_, _| ()).as_deref(), Some(&*text));
    }

    #[test]
    fn the_first_entry_of_an_empty_list() {
        let text = listed(&[], "]}}\n");
        let entered = places(&text).unwrap().with(&text, "a", true, |_, _| ()).unwrap();
        assert_eq!(entered, listed(&[&entry("a", "")], "]}}\n"));
    }

    #[test]
    fn only_so_many_sessions_are_remembered() {
        let entries: Vec<String> = (0..SESSIONS).map(|n| entry(&n.to_string(), "")).collect();
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let text = listed(&entries, "]}}\n");
        let entered = places(&text).unwrap().with(&text, "new", true, |_, _| ()).unwrap();
        let listing = places(&entered).unwrap();
        assert_eq!(listing.entries.len(), SESSIONS);
        assert_eq!(listing.find(&entered, "new"), Some(0));
        assert_eq!(listing.find(&entered, &(SESSIONS - 1).to_string()), None);
    }

    #[test]
    fn what_is_not_as_it_is_written_is_left_to_others() {
        let good = listed(&[&entry("a", "")], "]}}\n");
        assert!(places(&good).is_some());
        for bad in ["", "{", &good[1..], &good.replace("[{", "[ {"), &good[..good.len() - 12]] {
            assert_eq!(places(bad), None, "{bad}");
        }
        let broken = good.replace("\"cut_off\":false", "\"cut_off\":7");
        assert_eq!(places(&broken).unwrap().with(&broken, "a", true, |_, _| ()), None);
    }

    mod matter {
        use super::super::super::recent::{Recent, Waiting};
        use super::*;
        use crate::process;
        use chrono::{DateTime, TimeDelta, Utc};
        use proptest::prelude::*;
        use std::path::Path;

        fn now() -> DateTime<Utc> {
            "2026-11-22T12:00:00.5Z".parse().unwrap()
        }

        /// A process that runs, and some that never did.
        fn process() -> impl Strategy<Value = Option<Identity>> {
            let me = process::identify(std::process::id());
            let other =
                |started: u64| me.clone().map(|me| Identity { started, pid: 4_000_000, ..me });
            let processes = [None, other(1), other(2), me.clone()];
            prop::sample::select(processes.to_vec())
        }

        prop_compose! {
            fn facts()(
                process in process(),
                given in prop::option::of(0..12_u8),
                flags in prop::array::uniform5(any::<bool>()),
                prompts in 0..3_u32,
                hours in prop::option::of(0..500_i64),
                began in 0..500_i64,
                branch in prop::option::of(prop::sample::select(vec!["main", "a\\b"])),
                about in "[a\"\\\\\n]{0,3}",
            ) -> Entry {
                let [attended, tree, ended, cut_off, settled] = flags;
                Entry {
                    process, attended, prompts, cut_off, settled, about,
                    worktree: if tree { "/demo".into() } else { "/de\\mo".into() },
                    branch: branch.map(str::to_owned),
                    started: Some(now() - TimeDelta::hours(began)),
                    last: hours.map(|hours| now() - TimeDelta::hours(hours)),
                    ended: ended.then(|| "other".to_owned()),
                    given: given.map(|n| format!("s{n}")),
                    ..Entry::default()
                }
            }
        }

        /// A list as it is written, and the sessions that are paused.
        fn recent() -> impl Strategy<Value = Recent> {
            let pause = (0..12_u8).prop_map(|n| Waiting {
                id: "p0000001".to_owned(),
                created: now(),
                session: Some(format!("s{n}")),
                prompts: 0,
                worktree: "/demo".into(),
                branch: None,
                attended: true,
            });
            let pauses = prop::collection::vec(pause, 0..2);
            (prop::collection::vec(facts(), 0..12), pauses).prop_map(|(mut sessions, pauses)| {
                for (n, entry) in sessions.iter_mut().enumerate() {
                    entry.id = format!("s{n}");
                }
                Recent { sessions, pauses }
            })
        }

        fn text_of(recent: &Recent) -> String {
            format!("{{\"format\":1,\"recent\":{}}}\n", serde_json::to_string(recent).unwrap())
        }

        fn few(text: &str, asking: &Asking<'_>, process: Option<&Identity>) -> Option<Recent> {
            let mut deciding = Vec::new();
            let few = Listing::of(text, &mut deciding)?;
            crate::store::recent_of(&few.that_matter(text, &deciding, asking, process)?)
        }

        proptest! {
            #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

            #[test]
            fn the_entries_that_matter_tell_what_all_tell(
                recent in recent(), attended: bool, own in 0..14_u8, process in process(),
            ) {
                let text = text_of(&recent);
                let id = format!("s{own}");
                let (worktree, branch, now) = (Path::new("/demo"), Some("main"), now());
                let asking = Asking { id: &id, worktree, branch, attended, now };
                let few = few(&text, &asking, process.as_ref()).expect("it is as it is written");
                let ids = |entries: Vec<&Entry>| -> Vec<String> {
                    entries.iter().map(|e| e.id.clone()).collect()
                };
                let best = |recent: &Recent| ids(recent.offers(&asking).into_iter().take(1).collect());
                prop_assert_eq!(best(&few), best(&recent));
                let of = |recent: &Recent, which: &dyn Fn(&Entry) -> bool| {
                    ids(recent.sessions.iter().filter(|e| which(e)).collect())
                };
                let dead = |recent: &Recent| of(recent, &|e| !e.settled && !recent.live(e, now));
                prop_assert_eq!(dead(&few), dead(&recent));
                let live = |recent: &Recent| of(recent, &|e| recent.live(e, now));
                prop_assert_eq!(live(&few), live(&recent));
                let here = |recent: &Recent| {
                    of(recent, &|e| process.is_some() && e.process == process)
                };
                prop_assert_eq!(here(&few), here(&recent));
                for pause in &recent.pauses {
                    let session = pause.session.as_deref().unwrap();
                    prop_assert_eq!(few.get(session), recent.get(session));
                }
                prop_assert_eq!(few.get(&id), recent.get(&id));
                prop_assert_eq!(&few.pauses, &recent.pauses);
                for entry in &few.sessions {
                    prop_assert_eq!(Some(entry), recent.get(&entry.id));
                    prop_assert_eq!(few.taken_up(&entry.id), recent.taken_up(&entry.id));
                }
            }

            /// A list that can't be read as a whole is not read in part, but for its times.
            #[test]
            fn a_list_that_is_damaged_is_read_as_a_whole(
                recent in recent(), at in any::<prop::sample::Index>(), byte in 0..128_u8,
            ) {
                let mut text = text_of(&recent).into_bytes();
                let at = at.index(text.len());
                prop_assume!(text[at] != byte);
                text[at] = byte;
                let text = String::from_utf8(text).unwrap();
                let (worktree, branch, attended, now) = (Path::new("/demo"), None, true, now());
                let asking = Asking { id: "s1", worktree, branch, attended, now };
                if few(&text, &asking, None).is_some() {
                    let untimed: Option<serde_json::Value> = serde_json::from_str(&text).ok();
                    prop_assert!(untimed.is_some(), "{}", text);
                }
            }
        }

        #[test]
        fn most_of_a_long_list_does_not_matter() {
            let session = |n: i64| Entry {
                id: format!("s{n}"),
                attended: true,
                worktree: "/demo".into(),
                started: Some(now() - TimeDelta::hours(n + 1)),
                last: Some(now() - TimeDelta::hours(n)),
                prompts: 2,
                settled: true,
                ..Entry::default()
            };
            let recent = Recent { sessions: (0..64).map(session).collect(), ..Recent::default() };
            let (worktree, branch, attended, now) = (Path::new("/demo"), None, true, now());
            let asking = Asking { id: "new", worktree, branch, attended, now };
            let few = few(&text_of(&recent), &asking, None).unwrap();
            assert_eq!(few.sessions, recent.sessions[..1]);
        }
    }
}

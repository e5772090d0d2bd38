//! Any SKILL.md.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoin::skills::{FrontMatter, agent};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match FrontMatter::parse(text) {
        Ok(front) => {
            assert!(text.is_char_boundary(front.body));
            // A lone carriage return is a line break to YAML.
            let lines = text.split(['\n', '\r']).count();
            assert!(front.entries.iter().all(|(_, _, line)| (1..=lines).contains(line)));
        }
        Err((line, why)) => assert!(line >= 1 && !why.is_empty()),
    }
    // An agent's Markdown begins in the same way, and its list of skills is edited in place.
    if let Ok(skills) = agent::skills(text)
        && let Ok(added) = agent::with_skills(text, |list| list.push("fuzzed-in".to_owned()))
    {
        let mut wanted = skills.clone();
        wanted.push("fuzzed-in".to_owned());
        assert_eq!(agent::skills(&added).ok(), Some(wanted));
    }
});

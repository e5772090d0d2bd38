#![allow(clippy::disallowed_methods)]

use std::fs;

use super::*;

/// A state whose snapshot has so many bytes.
fn sized(path: &Path, bytes: u64) -> String {
    let empty = encode(path, 1, &[], &"").unwrap().len();
    "x".repeat(bytes as usize - empty)
}

#[test]
fn a_snapshot_may_have_as_many_bytes_as_a_reader_takes_and_no_more() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("state.json");
    let largest = sized(&path, MAX_SNAPSHOT);
    let bytes = encode(&path, 1, &[], &largest).unwrap();
    assert_eq!(bytes.len() as u64, MAX_SNAPSHOT);
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(read::<String>(&path).unwrap(), Snapshot::Read(e) if e.state == largest));
    let error = encode(&path, 1, &[], &format!("{largest}x")).unwrap_err();
    assert!(matches!(error, Error::TooLarge { bytes, .. } if bytes == MAX_SNAPSHOT + 1), "{error}");
    // White space behind it, by somebody else's hand.
    fs::write(&path, [&bytes[..], b"\n"].concat()).unwrap();
    let too_large = format!("it has {} bytes", MAX_SNAPSHOT + 1);
    assert!(
        matches!(read::<String>(&path).unwrap(), Snapshot::Unreadable(why) if why == too_large)
    );
}

#[test]
fn what_is_no_text_or_no_object_is_unreadable() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("state.json");
    for (bytes, told) in [
        (&b"{\"generation\":1,\"folded\":[],\"state\":\"\xff\"}"[..], "it is not UTF-8"),
        (b"[1,[],\"state\"]", "it is no JSON object"),
    ] {
        fs::write(&path, bytes).unwrap();
        let found = read::<String>(&path).unwrap();
        assert!(matches!(&found, Snapshot::Unreadable(why) if why == told), "{found:?}");
    }
}

#[test]
fn a_newer_format_is_known_by_the_first_bytes() {
    let path = Path::new("x");
    for start in
        ["{\"format\":2,\"generation\":7,\"unfin", "{\"format\":99999999999,", "{\"format\":2}"]
    {
        let error = check(path, start.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Newer { found: 2.., known: 1, .. }), "{start}: {error}");
    }
    // The number may go on where the bytes end.
    for start in ["{\"format\":1,\"new\":", "{\"format\":2", "{\"format\":", "[]", "[2]", ""] {
        check(path, start.as_bytes()).unwrap();
    }
    assert_eq!(head(b"{\"format\":1,\"generation\":12,"), Some((1, Some(12))));
    assert_eq!(head(b"{\"format\":1,\"generation\":12"), Some((1, None)));
    assert_eq!(head(b"{ \"format\":1}"), None);
}

#[test]
fn the_generation_is_found_however_the_snapshot_is_laid_out() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("state.json");
    assert_eq!(generation(&path).unwrap(), None);
    let envelope = "\"generation\":5,\"folded\":[],\"state\":0}";
    for (text, found) in [
        (format!("{{\"format\":1,{envelope}"), Some(5)),
        (format!("{{ \"format\": 1,\n {envelope}"), Some(5)),
        ("{\"format\":1}".to_owned(), None),
        ("{".to_owned(), None),
    ] {
        fs::write(&path, &text).unwrap();
        assert_eq!(generation(&path).unwrap(), found, "{text}");
    }
    for newer in [format!("{{\"format\":2,{envelope}"), format!("{{ \"format\": 2, {envelope}")] {
        fs::write(&path, newer).unwrap();
        assert!(matches!(generation(&path), Err(Error::Newer { .. })));
    }
}

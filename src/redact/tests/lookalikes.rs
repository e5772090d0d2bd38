//! What looks like a secret and is none: it must come through untouched.

use super::redact;

#[test]
fn lookalikes_survive() {
    let text = include_str!("lookalikes.txt");
    let wrong: Vec<_> = text
        .lines()
        .map(|line| (line, redact(line)))
        .filter(|(line, clean)| line != clean)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(matches!(redact(text), std::borrow::Cow::Borrowed(same) if same == text));
}

#[test]
fn our_own_source_survives() {
    // Names of secrets in every position that code knows, and no secret.
    for source in [
        include_str!("../assignment.rs"),
        include_str!("../command.rs"),
        include_str!("../given.rs"),
        include_str!("../key.rs"),
        include_str!("../mod.rs"),
        include_str!("../private_key.rs"),
        include_str!("../token.rs"),
        include_str!("../url.rs"),
        include_str!("../value.rs"),
    ] {
        let clean = redact(source);
        let wrong: Vec<_> =
            source.lines().zip(clean.lines()).filter(|(line, clean)| line != clean).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

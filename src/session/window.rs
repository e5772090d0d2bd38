//! The context window of the model that a session runs on.

use super::Session;

/// The window that a `[1m]` behind the model's name asks for.
const MILLION: u64 = 1_000_000;

/// Models with exactly one window, by the beginning of their name, as of November 2026. A model
/// that is sold with two (200,000 and, by `[1m]`, a million) stands in `TWO`.
const ONE: [(&str, u64); 9] = [
    ("claude-3-", 200_000),
    ("claude-haiku-4-5", 200_000),
    ("claude-haiku-5-5", MILLION),
    ("claude-opus-4-1", 200_000),
    ("claude-opus-4-5", 200_000),
    ("claude-opus-4-2", 200_000),
    ("claude-opus-5-5", MILLION),
    ("claude-sonnet-5", MILLION),
    ("claude-fable-5", MILLION),
];
/// Models whose window is 200,000 unless `[1m]` was asked for: known only where the transcript says
/// what was asked for.
const TWO: [&str; 2] = ["claude-sonnet-4-5", "claude-sonnet-4-2"];

/// The context window in tokens; `None` when it is not known. Tokens above what the name says make it
/// unknown: a percentage over 100 helps nobody.
pub fn window(session: &Session) -> Option<u64> {
    let model = session.models.last().map(|(name, _)| &**name);
    window_of(session.requested.as_deref(), model, session.context.unwrap_or(0))
}

/// The context window of a model: as it was asked for, where that is known, as it answered, and with
/// the tokens that were seen in it.
pub fn window_of(requested: Option<&str>, model: Option<&str>, context: u64) -> Option<u64> {
    let model = requested.or(model)?;
    let window = if requested.is_some_and(|r| r.ends_with("[1m]")) {
        MILLION
    } else if let Some((_, window)) = ONE.iter().find(|(name, _)| model.starts_with(name)) {
        *window
    } else if requested.is_some() && TWO.iter().any(|name| model.starts_with(name)) {
        200_000
    } else {
        return None;
    };
    (context <= window).then_some(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(requested: Option<&str>, model: &str, context: u64) -> Session {
        Session {
            requested: requested.map(str::to_owned),
            models: vec![(model.to_owned(), 1)],
            context: Some(context),
            ..Session::default()
        }
    }

    #[test]
    fn the_window_is_known_or_unknown_never_guessed() {
        let of = |requested, model, context| window(&session(requested, model, context));
        let sonnet = "claude-sonnet-4-5-20250929";
        assert_eq!(of(Some("claude-sonnet-4-5-20250929[1m]"), sonnet, 400_000), Some(MILLION));
        assert_eq!(of(Some(sonnet), sonnet, 190_000), Some(200_000));
        assert_eq!(of(Some(sonnet), sonnet, 200_001), None);
        assert_eq!(of(None, sonnet, 10), None);
        assert_eq!(of(None, "claude-opus-5-5", 900_000), Some(MILLION));
        assert_eq!(of(None, "claude-opus-4-6", 10), None);
        assert_eq!(of(None, "some-other-model", 10), None);
    }
}

//! Permission rules of ours in a settings document.

use super::document::{Containers, Document, Item};
use super::json::{self, Refusal};

const ALLOW: [&str; 2] = ["permissions", "allow"];

fn rules(document: &Document) -> Result<Vec<Option<String>>, Refusal> {
    let node = document.array_if_there(&ALLOW)?;
    let elements = node.as_ref().and_then(|node| node.elements()).unwrap_or_default();
    Ok(elements.iter().map(|rule| rule.string(document.text())).collect())
}

/// Whether `permissions.allow` in `text` has this very rule.
pub fn allows(text: &str, rule: &str) -> Result<bool, Refusal> {
    Ok(rules(&Document::new(text)?)?.iter().any(|there| there.as_deref() == Some(rule)))
}

/// Adds `rule` to `permissions.allow`; `false` when it stands there already.
pub(super) fn allow(
    document: &mut Document,
    rule: &str,
    made: &mut Containers,
) -> Result<bool, Refusal> {
    if rules(document)?.iter().any(|there| there.as_deref() == Some(rule)) {
        return Ok(false);
    }
    document.object(&ALLOW[..1], made)?;
    document.add_element(&ALLOW, &Item::Literal(json::quoted(rule)), made)?;
    Ok(true)
}

/// Takes `rule` out of `permissions.allow`, once.
pub(super) fn withdraw(
    document: &mut Document,
    rule: &str,
    made: Option<&Containers>,
) -> Result<(), Refusal> {
    let at = rules(document)?.iter().position(|there| there.as_deref() == Some(rule));
    if let (Some(at), Some(array)) = (at, document.find(&ALLOW)?) {
        document.remove(&ALLOW, &array, at, made)?;
    }
    Ok(())
}

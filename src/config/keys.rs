//! The keys of `config.toml`: what each is for, as the file's comments and `rejoin config` tell it.

/// A key that the user may set.
#[derive(Debug)]
pub struct Key {
    /// `table.key`, or `key`.
    pub name: &'static str,
    /// The environment variable that overrides the file: `REJOIN_`, then table and key, in capitals.
    pub variable: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// What holds where nothing is set, as TOML.
    pub default: &'static str,
    pub kind: Kind,
}

/// What a key's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of some words, or any text.
    Text,
    Number,
    /// Any number of texts.
    List,
}

/// A table of the file, and what it is for.
pub const TABLES: [(&str, &str); 5] = [
    (
        "inject",
        "What a starting session is told of an earlier one:\n\
         \"always\" (the digest whenever there is one), \"auto\" (as much as the case calls for),\n\
         \"notice\" (one line), \"never\".",
    ),
    (
        "thresholds",
        "When Claude is told how full its context window is, in percent of it; 0 is never.",
    ),
    ("resume", "A conversation that is resumed (claude --resume)."),
    ("statusline", "The status line (rejoin install --statusline)."),
    (
        "redact",
        "What is taken out of everything that rejoin writes, beside the secrets it knows itself.",
    ),
];

/// All keys, in the order of the file.
pub const KEYS: [Key; 15] = [
    number("retention", "REJOIN_RETENTION", "days a session is kept; 0: for good", "90"),
    text("inject.default", "REJOIN_INJECT_DEFAULT", "where a start is not named below", "\"auto\""),
    text("inject.startup", "REJOIN_INJECT_STARTUP", "a new session", "\"auto\""),
    text("inject.clear", "REJOIN_INJECT_CLEAR", "after /clear", "\"auto\""),
    text("inject.compact", "REJOIN_INJECT_COMPACT", "after a compaction", "\"auto\""),
    text("inject.resume", "REJOIN_INJECT_RESUME", "a conversation that is resumed", "\"auto\""),
    text("inject.fork", "REJOIN_INJECT_FORK", "a conversation that is copied", "\"auto\""),
    text(
        "inject.unattended",
        "REJOIN_INJECT_UNATTENDED",
        "a session without a person (claude -p)",
        "\"auto\"",
    ),
    number(
        "thresholds.caution",
        "REJOIN_THRESHOLDS_CAUTION",
        "a good moment to finish what is begun",
        "70",
    ),
    number("thresholds.warning", "REJOIN_THRESHOLDS_WARNING", "little room is left", "85"),
    number(
        "thresholds.critical",
        "REJOIN_THRESHOLDS_CRITICAL",
        "the next big result may not fit",
        "95",
    ),
    number(
        "resume.tell_above_usd",
        "REJOIN_RESUME_TELL_ABOVE_USD",
        "what filling the prompt cache again must cost, in USD, to be told; 0 is never",
        "0.5",
    ),
    text(
        "statusline.command",
        "REJOIN_STATUSLINE_COMMAND",
        "a status line command of your own, shown instead of ours",
        "\"\"",
    ),
    list(
        "redact.words",
        "REJOIN_REDACT_WORDS",
        "words and names, in any case: [\"acme\", \"10.0.0.7\"]",
        "[]",
    ),
    list(
        "redact.patterns",
        "REJOIN_REDACT_PATTERNS",
        "regular expressions: ['TICKET-[0-9]+']",
        "[]",
    ),
];

const fn text(
    name: &'static str,
    variable: &'static str,
    about: &'static str,
    default: &'static str,
) -> Key {
    Key { name, variable, about, default, kind: Kind::Text }
}

const fn number(
    name: &'static str,
    variable: &'static str,
    about: &'static str,
    default: &'static str,
) -> Key {
    Key { name, variable, about, default, kind: Kind::Number }
}

const fn list(
    name: &'static str,
    variable: &'static str,
    about: &'static str,
    default: &'static str,
) -> Key {
    Key { name, variable, about, default, kind: Kind::List }
}

impl Key {
    /// The key of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Table and key; the table is empty for a key that stands before all tables.
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or(("", self.name))
    }

    /// A value as somebody types it: TOML where it is, else text; a list's texts between commas.
    pub fn value(&self, typed: &str) -> toml::Value {
        let read = format!("v = {typed}").parse::<toml::Table>().ok();
        let read = read.filter(|table| table.len() == 1).and_then(|mut table| table.remove("v"));
        match (self.kind, read) {
            (Kind::List, Some(list @ toml::Value::Array(_))) => list,
            (Kind::List, _) => {
                let texts = typed.split(',').map(str::trim).filter(|text| !text.is_empty());
                toml::Value::Array(texts.map(|text| text.to_owned().into()).collect())
            }
            (Kind::Text, Some(text @ toml::Value::String(_))) => text,
            (Kind::Number, Some(value)) => value,
            (Kind::Text | Kind::Number, _) => typed.to_owned().into(),
        }
    }
}

/// The file as it begins: every key with its comment, none of them set.
pub fn template() -> String {
    let mut text = String::from(
        "# What rejoin does, for you alone. A line without its leading \"# \" holds; the values shown hold\n\
         # where nothing is set. `rejoin config list` shows what is in force, and from where; environment\n\
         # variables (REJOIN_THRESHOLDS_CAUTION=60) go before this file.\n",
    );
    let of = |table: &'static str| KEYS.iter().filter(move |key| key.parts().0 == table);
    for (at, key) in of("").enumerate() {
        text.push_str(if at == 0 { "\n" } else { "" });
        text.push_str(&commented(key));
    }
    for (table, about) in TABLES {
        text.push_str("\n# ");
        text.push_str(&about.replace('\n', "\n# "));
        text.push_str("\n[");
        text.push_str(table);
        text.push_str("]\n");
        for key in of(table) {
            text.push_str(&commented(key));
        }
    }
    text
}

/// A key's line in the file as it begins.
fn commented(key: &Key) -> String {
    format!("# {} = {}  # {}\n", key.parts().1, key.default, key.about)
}

/// The text with the line of a key that only stands there as a comment made to hold this value.
pub(super) fn uncomment(text: &str, key: &Key, value: &str) -> Option<String> {
    let line = commented(key);
    let at = text.find(&format!("\n{line}"))? + 1;
    let set = format!("{} = {value}  # {}\n", key.parts().1, key.about);
    Some(format!("{}{set}{}", &text[..at], &text[at + line.len()..]))
}

/// The text with the line of a key that holds made a comment again, where it is one of ours.
pub(super) fn comment_out(text: &str, key: &Key) -> Option<String> {
    let about = format!("  # {}\n", key.about);
    let name = format!("\n{} = ", key.parts().1);
    let end = text.find(&about)? + about.len();
    let start = text[..end].rfind(&name)? + 1;
    let one_line = !text[start..end - 1].contains('\n');
    one_line.then(|| format!("{}{}{}", &text[..start], commented(key), &text[end..]))
}

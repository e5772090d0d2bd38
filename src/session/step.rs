//! Reading a step from the state file.
//!
//! A step's act stands beside its other fields, under its own name. What serde derives for that puts
//! every field aside first, which was a third of what loading a state costs.

use super::facts::{Act, Step};
use serde::de::value::EnumAccessDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error, IgnoredAny, IntoDeserializer, MapAccess, VariantAccess,
    Visitor,
};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// The names of acts, as they are stored.
const ACTS: [&str; 13] = [
    "run", "commit", "edit", "said", "plan", "answer", "agent", "fetch", "skill", "denied",
    "summary", "prompt", "error",
];

/// A field of a stored step.
enum Key {
    Seq,
    At,
    Line,
    Act(&'static str),
    /// Of another version.
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field of a step")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(match name {
                    "q" => Key::Seq,
                    "t" => Key::At,
                    "l" => Key::Line,
                    _ => ACTS.iter().find(|act| **act == name).map_or(Key::Other, |a| Key::Act(a)),
                })
            }
        }

        deserializer.deserialize_identifier(Name)
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Step;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
                let (mut seq, mut at, mut line, mut act) = (None, None, None, None);
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Seq => seq = Some(map.next_value()?),
                        Key::At => at = Some(map.next_value()?),
                        Key::Line => line = map.next_value()?,
                        Key::Act(name) if act.is_none() => {
                            let value = Value { name, map: &mut map };
                            act = Some(Act::deserialize(EnumAccessDeserializer::new(value))?);
                        }
                        Key::Act(_) | Key::Other => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Step {
                    seq: seq.ok_or_else(|| A::Error::missing_field("q"))?,
                    at: at.ok_or_else(|| A::Error::missing_field("t"))?,
                    line,
                    act: act.ok_or_else(|| A::Error::custom("a step without an act"))?,
                })
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// A field of the map as the variant of an enum that it names.
struct Value<'m, A> {
    name: &'static str,
    map: &'m mut A,
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Value<'_, A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), Self::Error> {
        let name = seed.deserialize(self.name.into_deserializer())?;
        Ok((name, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Value<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.map.next_value()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Whole(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Whole(visitor))
    }
}

/// A value for a visitor.
struct Whole<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Whole<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::event::{Outcome, Place};
    use crate::session::facts::{Commit, Edit, Quote, Run, Said};

    #[test]
    fn every_act_is_read_as_it_was_written() {
        let text = || "text".to_owned();
        let quote = || Quote { text: text(), whole: Some(Place { offset: 7, len: 9 }) };
        let run = Run {
            shown: text(),
            family: text(),
            class: crate::session::command::Class::Test,
            outcome: Outcome::Failed,
            exit: Some(-1),
            summary: None,
            errors: Vec::new(),
            explains: vec![text()],
            unseen: 0,
            message: None,
            unclear: true,
        };
        let commit = Commit { hash: text(), subject: text(), files: 1, added: 0, removed: 2 };
        let acts = [
            Act::Run(Box::new(run)),
            Act::Commit(commit),
            Act::Edit(Edit { path: text(), line: None, names: vec![text()], new: true }),
            Act::Said(Said { kind: crate::session::sentence::Kind::Guess, text: text() }),
            Act::Plan { title: text(), approved: Some(false) },
            Act::Answer { question: text(), answer: text() },
            Act::Agent { kind: text(), task: text(), report: Some(quote()) },
            Act::Fetch(text()),
            Act::Skill { name: text(), error: None },
            Act::Denied { what: text(), said: Some(text()) },
            Act::Summary(quote()),
            Act::Prompt(quote()),
            Act::Error { kind: text(), text: text() },
        ];
        for (act, name) in acts.into_iter().zip(ACTS) {
            for line in [None, Some(Place { offset: 1, len: 2 })] {
                let step = Step { seq: 3, at: 4, line, act: act.clone() };
                let json = serde_json::to_string(&step).unwrap();
                assert!(json.contains(&format!("\"{name}\":")), "{json}");
                assert_eq!(serde_json::from_str::<Step>(&json).unwrap(), step);
                // The act may come first, and fields of a newer version are passed over.
                let value: serde_json::Value = serde_json::from_str(&json).unwrap();
                assert_eq!(serde_json::from_value::<Step>(value).unwrap(), step);
                let newer = json.replacen('{', "{\"new\":[{}],", 1);
                assert_eq!(serde_json::from_str::<Step>(&newer).unwrap(), step);
            }
        }
        assert!(serde_json::from_str::<Step>("{\"q\":1,\"t\":2}").is_err());
    }
}

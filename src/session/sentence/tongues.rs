//! What a sentence in another language than English does.

use super::Kind;
use super::kind::{has_any, starts_any};

/// Cues of scripts that are written without spaces: what they make of a sentence, the first that is
/// found counts.
#[rustfmt::skip]
const UNSPACED: [(Kind, &[&str]); 4] = [
    (Kind::Guess, &["可能", "也许", "大概", "似乎", "かもしれ", "たぶん", "おそらく", "らしい"]),
    (Kind::Diagnosis, &[
        "原因", "问题在于", "问题是", "因为", "由于", "失败", "没有生效", "冲突", "問題は", "ため",
        "失敗", "のせい", "動きません", "エラーが",
    ]),
    (Kind::Decision, &["改为", "而不是", "决定", "代わりに", "ではなく", "ことにし"]),
    (Kind::Plan, &[
        "接下来", "现在我", "我来", "让我", "我先", "首先", "下面我", "次に", "まず", "これから", "確認します",
        "ましょう",
    ]),
];

/// How a plan opens in languages that are written with Latin letters.
#[rustfmt::skip]
pub(super) const PLANS: [&str; 20] = [
    "jetzt", "als nächstes", "ich werde", "lass mich", "zuerst", "nun", "maintenant", "je vais",
    "d'abord", "ensuite", "ahora", "voy a", "primero", "a continuación", "agora", "vou", "primeiro",
    "adesso", "teraz", "najpierw",
];

#[rustfmt::skip]
pub(super) const GUESSES: [&str; 11] = [
    "vielleicht", "vermutlich", "wahrscheinlich", "peut être", "probablement", "quizás",
    "probablemente", "talvez", "provavelmente", "forse", "probabilmente",
];

#[rustfmt::skip]
pub(super) const DIAGNOSES: [&str; 17] = [
    "das problem", "der fehler", "weil", "liegt daran", "schlägt fehl", "le problème", "parce que",
    "l'erreur", "el problema", "porque", "debido a", "falla", "o problema", "falha", "il problema",
    "perché", "fallisce",
];

#[rustfmt::skip]
pub(super) const DECISIONS: [&str; 8] = [
    "stattdessen", "entschieden", "plutôt que", "au lieu de", "en lugar de", "en vez de",
    "em vez de", "invece di",
];

/// Words of other alphabets.
#[rustfmt::skip]
const SPACED: [(Kind, &[&str]); 3] = [
    (Kind::Guess, &["возможно", "вероятно", "아마", "ربما"]),
    (Kind::Diagnosis, &[
        "проблема", "потому что", "из за", "ошибка", "문제는", "때문에", "원인은", "실패", "السبب", "المشكلة",
        "يفشل",
    ]),
    (Kind::Decision, &["вместо", "대신", "بدلا من"]),
];

const OPENERS: [&str; 9] =
    ["сейчас", "теперь", "сначала", "далее", "이제", "먼저", "다음으로", "الآن", "سأقوم"];

/// What a sentence in another alphabet does by its cues; `None` when it has none.
pub(super) fn kind(sentence: &str) -> Option<Kind> {
    if sentence.is_ascii() {
        return None;
    }
    if starts_any(sentence, &OPENERS) {
        return Some(Kind::Plan);
    }
    let spaced = SPACED.iter().find(|(_, cues)| has_any(sentence, cues));
    let unspaced =
        || UNSPACED.iter().find(|(_, cues)| cues.iter().any(|cue| sentence.contains(cue)));
    spaced.or_else(unspaced).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_of_other_languages() {
        let of = |s: &str| super::super::kind::of(s);
        assert_eq!(of("测试失败的原因是 `解析优惠券` 没有检查到期日。"), Kind::Diagnosis);
        assert_eq!(of("我先看一下购物车的代码。"), Kind::Plan);
        assert_eq!(of("明白，改为税前计算折扣，负数时报错。"), Kind::Decision);
        assert_eq!(of("まずカートを確認します。"), Kind::Plan);
        assert_eq!(of("原因はキャッシュです。"), Kind::Diagnosis);
        assert_eq!(of("Der Test bricht ab, weil die Datei fehlt."), Kind::Diagnosis);
        assert_eq!(of("Jetzt baue ich den Index um."), Kind::Plan);
        assert_eq!(of("Je vais utiliser un cache."), Kind::Plan);
        assert_eq!(of("Теперь обновлю тесты."), Kind::Plan);
        assert_eq!(of("Ich nehme stattdessen `BTreeMap`."), Kind::Decision);
        assert_eq!(of("Das ist gut."), Kind::Other);
    }
}

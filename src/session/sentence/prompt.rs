//! What a person's words do: change the course, or lay down a rule.

use super::kind::Words;

/// How a prompt that changes course opens.
const OPENS: &[&str] = &[
    "no",
    "nope",
    "nah",
    "wait",
    "stop",
    "hold on",
    "hang on",
    "actually",
    "hmm",
    "undo",
    "revert",
    "roll back",
    "rollback",
    "don't",
    "dont",
    "do not",
    "please don't",
    "please do not",
    "please stop",
    "instead",
    "wrong",
    "that's wrong",
    "that is wrong",
    "that's not",
    "that is not",
    "this is not",
    "this isn't",
    "that isn't",
    "it's not",
    "not that",
    "not what",
    "not like",
    "not quite",
    "i said",
    "i meant",
    "i asked",
    "i told you",
    "i didn't ask",
    "i did not ask",
    "i don't want",
    "i do not want",
    "why did you",
    "why are you",
    "you forgot",
    "you missed",
    "you broke",
    "you didn't",
    "you did not",
    "you should not",
    "you shouldn't",
    "you should have",
    "let's not",
    "forget",
    "cancel",
    "abort",
    "never mind",
    "nevermind",
    "scratch that",
    "rather",
    "still not",
    "still broken",
    "still doesn't",
    "it still",
    "that broke",
    "this broke",
    "but i",
    "but you",
    "but why",
    "sorry i meant",
    "sorry, i",
    "on second thought",
    "change of plan",
    "change of plans",
    "go back",
    "leave it",
    "leave that",
    "remove that",
    // German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Turkish, Swedish
    "nein",
    "nicht so",
    "nicht",
    "stattdessen",
    "halt",
    "stopp",
    "warte",
    "falsch",
    "doch nicht",
    "mach das rückgängig",
    "lass das",
    "ich meinte",
    "eigentlich",
    "das ist falsch",
    "non",
    "pas ça",
    "plutôt",
    "arrête",
    "attends",
    "annule",
    "ce n'est pas",
    "en fait",
    "eso no",
    "espera",
    "detente",
    "en vez de",
    "mejor",
    "deshaz",
    "así no",
    "no es",
    "não",
    "pare",
    "em vez",
    "isso não",
    "invece",
    "fermati",
    "aspetta",
    "annulla",
    "sbagliato",
    "nee",
    "niet",
    "wacht",
    "in plaats",
    "nie",
    "stój",
    "zamiast",
    "cofnij",
    "нет",
    "не",
    "стоп",
    "подожди",
    "отмени",
    "вместо",
    "hayır",
    "dur",
    "nej",
    "vänta",
];

/// The same where no spaces part the words.
#[rustfmt::skip]
const CJK_OPENS: [&str; 24] = [
    "不对", "不是", "不要", "别", "停", "等等", "等一下", "撤销", "撤回", "错了", "不行", "違う", "違い", "いや", "やめて",
    "待って", "戻して", "だめ", "ダメ", "아니", "잠깐", "멈춰", "되돌", "말고",
];

/// Whether a prompt changes course: says no, stop, instead, revert, "not what I asked".
///
/// English cues first, and the plain words for no, stop and instead of a dozen other languages. A
/// long prompt corrects only by how it opens: further down it specifies.
pub fn correction(text: &str) -> bool {
    let text = text.trim_start();
    let head = &text[..text.floor_char_boundary(400)];
    let said = Words::new(head);
    if said.starts(&[
        "no problem",
        "no worries",
        "no rush",
        "no need",
        "no errors",
        "no issues",
        "not bad",
        "stop hook",
        "wait for",
        "actually great",
        "no further",
        "no more errors",
    ]) {
        return false;
    }
    if said.starts(OPENS) {
        return true;
    }
    let ascii = head.is_ascii();
    if !ascii && CJK_OPENS.iter().any(|cue| head.starts_with(cue)) {
        return true;
    }
    // Strong words count anywhere in the opening; weak ones only when little else is said.
    let strong = || {
        said.any(&[
            "not what i",
            "i meant",
            "that's wrong",
            "revert",
            "undo that",
            "undo this",
            "wrong file",
            "wrong approach",
            "wrong direction",
            "you misunderstood",
            "misunderstood",
            "i already told",
            "as i said",
            "roll it back",
        ])
    };
    let words = text.split_whitespace().take(41).count();
    let brief = words <= 40;
    text.len() < 1_500 && strong()
        || brief
            && said.any(&[
                "instead",
                "rather than",
                "don't",
                "do not",
                "stop",
                "shouldn't",
                "should not",
                "wrong",
                "no longer",
                "nicht mehr",
                "stattdessen",
                "au lieu",
                "en vez",
                "invece",
            ])
        || brief
            && !ascii
            && ["而不是", "改成", "ではなく", "じゃなく", "대신"]
                .iter()
                .any(|cue| head.contains(cue))
}

/// Whether a sentence lays down a rule that outlives the step at hand: never, always, must, only,
/// do not, keep … as it is.
pub fn standing_rule(sentence: &str) -> bool {
    let bare = sentence.trim();
    if bare.ends_with('?') || bare.len() > 1_000 {
        return false;
    }
    let said = Words::new(bare);
    said.starts(&[
        "keep",
        "avoid",
        "ensure",
        "make sure",
        "prefer",
        "use only",
        "only",
        "do not",
        "don't",
        "dont",
        "please don't",
        "please do not",
        "no new",
        "no",
        "always",
        "never",
        "preserve",
        "follow",
        "stick to",
        "remember to",
        "remember",
    ]) && !said.starts(&[
        "no problem",
        "no worries",
        "no need",
        "no issues",
        "no errors",
        "only then",
        "keep going",
        "keep it up",
        "don't worry",
        "follow up",
        "no matter",
    ]) || said.any(&[
        "never",
        "always",
        "must",
        "must not",
        "mustn't",
        "may not",
        "is not allowed",
        "not allowed",
        "forbidden",
        "under no circumstances",
        "from now on",
        "going forward",
        "at all times",
        "every time",
        "each time",
        "without exception",
        "unless i",
        "unless asked",
        "exactly",
        "required to",
        "no matter",
        "niemals",
        "immer",
        "nie wieder",
        "ab jetzt",
        "jamais",
        "toujours",
        "nunca",
        "siempre",
        "sempre",
        "mai più",
        "никогда",
        "всегда",
    ]) || !bare.is_ascii()
        && [
            "绝不",
            "从不",
            "总是",
            "必须",
            "不要",
            "不得",
            "必ず",
            "常に",
            "絶対",
            "しないで",
            "항상",
            "절대",
            "반드시",
        ]
        .iter()
        .any(|cue| bare.contains(cue))
}

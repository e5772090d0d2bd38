//! Tokens that can be told by their form.

use super::{Secret, is_word, run};

/// A kind of token that begins with fixed characters.
struct Form {
    prefix: &'static str,
    /// How many characters follow at least; some less than the issuers', who change their mind.
    least: usize,
    body: Body,
    kind: &'static str,
}

#[derive(Clone, Copy)]
enum Body {
    /// Letters and digits.
    Plain,
    /// Those, `_` and `-`.
    Url,
    /// Those and `.`.
    Dotted,
    Hex,
    /// As `Url`, with sixteen letters and digits in a row: the prefix alone is that of many a name.
    Solid,
}

const fn form(prefix: &'static str, least: usize, body: Body, kind: &'static str) -> Form {
    Form { prefix, least, body, kind }
}

use Body::{Dotted, Hex, Plain, Solid, Url};

static UPPER_A: [Form; 3] = [
    form("AIza", 30, Url, "google"),
    form("ATATT3x", 30, Dotted, "atlassian"),
    form("ABSK", 60, Plain, "aws"),
];
static UPPER_G: [Form; 1] = [form("GOCSPX-", 20, Url, "google")];
static UPPER_P: [Form; 1] = [form("PMAK-", 24, Url, "postman")];
static D: [Form; 7] = [
    form("dop_v1_", 32, Hex, "digitalocean"),
    form("doo_v1_", 32, Hex, "digitalocean"),
    form("dor_v1_", 32, Hex, "digitalocean"),
    form("dckr_pat_", 20, Url, "docker"),
    form("dapi", 32, Hex, "databricks"),
    form("dp.pt.", 30, Dotted, "doppler"),
    form("dp.st.", 30, Dotted, "doppler"),
];
static F: [Form; 1] = [form("figd_", 20, Url, "figma")];
static G: [Form; 17] = [
    form("ghp_", 16, Plain, "github"),
    form("gho_", 16, Plain, "github"),
    form("ghs_", 16, Dotted, "github"),
    form("ghu_", 16, Plain, "github"),
    form("ghr_", 16, Plain, "github"),
    form("github_pat_", 20, Url, "github"),
    form("glpat-", 16, Dotted, "gitlab"),
    form("gldt-", 16, Dotted, "gitlab"),
    form("glrt-", 16, Dotted, "gitlab"),
    form("glcbt-", 16, Dotted, "gitlab"),
    form("glptt-", 16, Dotted, "gitlab"),
    form("glft-", 16, Dotted, "gitlab"),
    form("glsoat-", 16, Dotted, "gitlab"),
    form("glagent-", 16, Dotted, "gitlab"),
    form("glsa_", 32, Url, "grafana"),
    form("glc_", 32, Plain, "grafana"),
    form("gsk_", 30, Plain, "groq"),
];
static H: [Form; 3] = [
    form("hf_", 30, Plain, "huggingface"),
    form("hvs.", 20, Url, "vault"),
    form("hvb.", 20, Url, "vault"),
];
static L: [Form; 3] = [
    form("lin_api_", 20, Plain, "linear"),
    form("lsv2_pt_", 30, Url, "langsmith"),
    form("lsv2_sk_", 30, Url, "langsmith"),
];
static N: [Form; 3] = [
    form("npm_", 30, Plain, "npm"),
    form("nvapi-", 30, Url, "nvidia"),
    form("ntn_", 40, Plain, "notion"),
];
static P: [Form; 3] = [
    form("pypi-AgE", 16, Url, "pypi"),
    form("pplx-", 30, Url, "perplexity"),
    form("pul-", 40, Hex, "pulumi"),
];
static R: [Form; 4] = [
    form("rk_live_", 10, Plain, "stripe"),
    form("rk_test_", 10, Plain, "stripe"),
    form("r8_", 30, Plain, "replicate"),
    form("rubygems_", 32, Hex, "rubygems"),
];
static S: [Form; 15] = [
    form("sk_live_", 10, Plain, "stripe"),
    form("sk_test_", 10, Plain, "stripe"),
    form("sk-ant-", 10, Url, "anthropic"),
    form("sk-proj-", 10, Url, "openai"),
    form("sk-", 20, Solid, "openai"),
    form("shpat_", 32, Hex, "shopify"),
    form("shpss_", 32, Hex, "shopify"),
    form("shpca_", 32, Hex, "shopify"),
    form("shppa_", 32, Hex, "shopify"),
    form("sntrys_", 20, Url, "sentry"),
    form("sntryu_", 20, Url, "sentry"),
    form("sbp_", 30, Plain, "supabase"),
    form("sb_secret_", 20, Url, "supabase"),
    form("sq0csp-", 20, Url, "square"),
    form("sq0atp-", 20, Url, "square"),
];
static T: [Form; 1] = [form("tvly-", 20, Url, "tavily")];
static W: [Form; 1] = [form("whsec_", 16, Plain, "stripe")];
static X: [Form; 3] = [
    form("xai-", 30, Plain, "xai"),
    form("xapp-", 10, Url, "slack"),
    form("xoxe.xox", 10, Url, "slack"),
];
static Y: [Form; 1] = [form("ya29.", 20, Url, "google")];

/// The token that begins at `start`, where a word up to `end` does.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Secret> {
    let forms: &[Form] = match text[start] {
        b'A' => &UPPER_A,
        b'G' => &UPPER_G,
        b'P' => &UPPER_P,
        b'd' => &D,
        b'f' => &F,
        b'g' => &G,
        b'h' => &H,
        b'l' => &L,
        b'n' => &N,
        b'p' => &P,
        b'r' => &R,
        b's' => &S,
        b't' => &T,
        b'w' => &W,
        b'x' => &X,
        b'y' => &Y,
        _ => &[],
    };
    let rest = &text[start..];
    let second = rest.get(1).copied();
    let length = forms
        .iter()
        .filter(|form| form.prefix.as_bytes().get(1).copied() == second)
        .find_map(|form| formed(rest, form).map(|length| (length, form.kind)))
        .or_else(|| slack(rest).map(|length| (length, "slack")))
        .or_else(|| shaped(text, start, end));
    length.map(|(length, kind)| Secret { start, end: start + length, kind })
}

/// How much of a token is looked at before it is believed.
const SAMPLE: usize = 512;

/// The length of the token at the start of `text`, if it is of this form.
fn formed(text: &[u8], form: &Form) -> Option<usize> {
    let all = text.strip_prefix(form.prefix.as_bytes())?;
    let fits = |byte: u8| match form.body {
        Plain => byte.is_ascii_alphanumeric(),
        Url | Solid => is_url(byte),
        Dotted => is_url(byte) || byte == b'.',
        Hex => byte.is_ascii_hexdigit(),
    };
    let body = &all[..run(&all[..all.len().min(SAMPLE)], fits)];
    let solid = |part: &[u8]| part.len() >= 16 && is_drawn(part);
    let drawn = match form.body {
        Solid => body.split(|byte| b"-_".contains(byte)).any(solid),
        _ => is_drawn(body),
    };
    if !drawn {
        return None;
    }
    let length = body.len() + run(&all[body.len()..], fits);
    // A dot ends the sentence rather than the token.
    let length = length - all[..length].iter().rev().take_while(|&&byte| byte == b'.').count();
    // A name in snake case goes on with `_`, and a token in hexadecimal does not go on with letters.
    if all.get(length).is_some_and(|&byte| is_word(byte)) {
        return None;
    }
    let cut = length == all.len() && length >= 8;
    (length >= form.least || cut).then_some(form.prefix.len() + length)
}

/// Whether characters look drawn at random rather than written: a digit or capital letters among small
/// ones, and no `xxxx` that stands for a token.
fn is_drawn(body: &[u8]) -> bool {
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    let upper = body.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let lower = body.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    (digits > 1 || upper > 1 && lower > 1) && !is_masked(body)
}

/// `xxxx`, `XXXX` or `****` within stands for characters that were left out.
pub(super) fn is_masked(body: &[u8]) -> bool {
    body.windows(4).any(|four| four == b"xxxx" || four == b"XXXX" || four == b"****")
}

fn is_url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

/// `xoxb-…`, with one of several letters.
fn slack(text: &[u8]) -> Option<usize> {
    let letter = text.strip_prefix(b"xox")?.first()?;
    let body = text.get(4..)?.strip_prefix(b"-")?;
    let length = run(&body[..body.len().min(SAMPLE)], is_url);
    let fits = b"abceoprsd".contains(letter) && length >= 10 && is_drawn(&body[..length]);
    fits.then(|| 5 + length + run(&body[length..], is_url))
}

/// Tokens whose form is more than a prefix.
fn shaped(text: &[u8], start: usize, end: usize) -> Option<(usize, &'static str)> {
    let (rest, word) = (&text[start..], &text[start..end]);
    match word[0] {
        b'A' | b'S' if is_aws(word) => Some((word.len(), "aws")),
        b'A' | b'S' if is_twilio(text, start, word) => Some((word.len(), "twilio")),
        b'A' if rest.starts_with(b"AGE-SECRET-KEY-1") => {
            let length = run(&rest[..rest.len().min(SAMPLE)], is_url);
            (length >= 50).then_some((length, "age"))
        }
        b'S' if word == b"SG" => parts(rest, &[2, 16, 16]).map(|length| (length, "sendgrid")),
        b'e' if word.starts_with(b"eyJ") => jwt(rest).map(|length| (length, "jwt")),
        b'M' | b'N' | b'O' if (23..=28).contains(&word.len()) => {
            let length = parts(rest, &[23, 6, 27])?;
            let digits = rest[..length].iter().any(u8::is_ascii_digit);
            digits.then_some((length, "discord"))
        }
        // Google's refresh tokens.
        b'1' if rest.starts_with(b"1//0") => {
            let length = run(&rest[3..rest.len().min(SAMPLE)], is_url);
            (length >= 30).then_some((3 + length, "google"))
        }
        _ if text.get(end) == Some(&b':') => telegram(text, start, end),
        _ => None,
    }
}

/// Access key ids of AWS: four fixed letters, sixteen of base 32.
fn is_aws(word: &[u8]) -> bool {
    let starts = [b"AKIA", b"ASIA", b"ABIA", b"ACCA"].iter().any(|four| word.starts_with(*four));
    starts
        && word.len() == 20
        && word[4..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// `AC` or `SK` with 32 hexadecimal digits says little; assigned to something, it is Twilio's.
fn is_twilio(text: &[u8], start: usize, word: &[u8]) -> bool {
    let mut before = text[..start].iter().rev().take(6).skip_while(|b| b"\"'\\ \t".contains(b));
    word.len() == 34
        && (word.starts_with(b"AC") || word.starts_with(b"SK"))
        && word[2..].iter().all(u8::is_ascii_hexdigit)
        && matches!(before.next(), Some(b'=' | b':'))
}

/// The length of runs joined by dots, each of at least the length given for it.
fn parts(text: &[u8], least: &[usize]) -> Option<usize> {
    let mut length = 0;
    for (part, &least) in least.iter().enumerate() {
        if part > 0 {
            (text.get(length) == Some(&b'.')).then_some(())?;
            length += 1;
        }
        let this = run(&text[length..text.len().min(length + SAMPLE)], is_url);
        length += this;
        if this < least {
            return None;
        }
    }
    Some(length)
}

/// `eyJ` is `{"` in base 64: a signed token has three such parts, an encrypted one five. One part alone
/// is any encoded JSON, such as a source map.
fn jwt(text: &[u8]) -> Option<usize> {
    let fits = |byte| is_url(byte) || byte == b'.';
    let sample = &text[..run(&text[..text.len().min(2 * SAMPLE)], fits)];
    let mut parts = sample.split(|&byte| byte == b'.');
    if parts.next()?.len() < 12 {
        return None;
    }
    let (second, others) = (parts.next().map_or(0, <[u8]>::len), parts.count());
    // {"alg": and {"typ": begin nothing else.
    let header = text.starts_with(b"eyJhbGci") || text.starts_with(b"eyJ0eXAi");
    let whole = others > 0 && second >= 8 || others == 3;
    let cut = sample.len() == text.len() || sample.len() == 2 * SAMPLE;
    if !whole && !(cut && (header || second >= 8)) {
        return None;
    }
    let length = sample.len() + run(&text[sample.len()..], fits);
    Some(length - text[..length].iter().rev().take_while(|&&byte| byte == b'.').count())
}

/// `<digits>:<35 characters>`, in a URL after `bot`.
fn telegram(text: &[u8], start: usize, end: usize) -> Option<(usize, &'static str)> {
    let digits = text[start..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let body = run(&text[end + 1..text.len().min(end + 40)], is_url);
    let letters = text[end + 1..end + 1 + body].iter().any(u8::is_ascii_uppercase);
    ((8..=10).contains(&digits) && (34..=36).contains(&body) && letters)
        .then_some((end + 1 + body - start, "telegram"))
}

//! What tokens cost.
//!
//! Prices come from a dated data file (`prices.json` beside this one); a model that is not in it has
//! no price, and nothing here guesses one. Sums are kept in whole picodollars, so that they do not
//! depend on the order of adding.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use super::row::TokenSums;

/// One millionth of a millionth of a US dollar: what one token costs at $0.000001 per million is one.
pub type Picodollars = u128;

/// Picodollars in a dollar.
pub const DOLLAR: Picodollars = 1_000_000_000_000;

/// The dated prices of the models known to it.
#[derive(Debug, Clone)]
pub struct PriceTable {
    /// The day the prices were taken, `YYYY-MM-DD`.
    pub date: String,
    /// Where they were taken from.
    pub source: String,
    web_search: Picodollars,
    /// Thousandths that inference in the United States costs: 1,100 for a tenth more.
    us_inference: Picodollars,
    models: HashMap<String, Model>,
}

/// Why a price file is not used.
#[derive(Debug)]
pub struct BadPrices(String);

impl fmt::Display for BadPrices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadPrices {}

/// How a response was served, as far as it changes its price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Service {
    /// `usage.speed` was `fast`.
    pub fast: bool,
    /// `usage.inference_geo` was `us`.
    pub us: bool,
}

/// Picodollars per token.
#[derive(Debug, Clone, Copy)]
struct Rates {
    input: Picodollars,
    output: Picodollars,
    cache_write_5m: Picodollars,
    cache_write_1h: Picodollars,
    cache_read: Picodollars,
}

/// What one model costs.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    standard: Rates,
    fast: Option<Rates>,
    /// Prompts above so many tokens have rates of their own.
    long_prompt: Option<(u64, Rates)>,
}

#[derive(Deserialize)]
struct File {
    date: String,
    source: String,
    #[serde(default)]
    web_search_usd: Option<f64>,
    #[serde(default)]
    us_inference: Option<f64>,
    models: Vec<FileModel>,
}

#[derive(Deserialize)]
struct FileModel {
    ids: Vec<String>,
    #[serde(flatten)]
    standard: FileRates,
    fast: Option<FileRates>,
    long_prompt: Option<FileLongPrompt>,
}

#[derive(Deserialize)]
struct FileLongPrompt {
    above_prompt_tokens: u64,
    #[serde(flatten)]
    rates: FileRates,
}

/// US dollars per million tokens.
#[derive(Deserialize)]
struct FileRates {
    input: f64,
    output: f64,
    cache_write_5m: f64,
    cache_write_1h: f64,
    cache_read: f64,
}

impl PriceTable {
    /// The table that this version was built with.
    pub fn builtin() -> Self {
        // A test reads the same file, so a broken one never leaves the house.
        Self::parse(include_str!("prices.json")).unwrap_or_else(|_| Self {
            date: String::new(),
            source: String::new(),
            web_search: 0,
            us_inference: 1000,
            models: HashMap::new(),
        })
    }

    /// Reads a price file of the same form as the built-in one.
    pub fn parse(text: &str) -> Result<Self, BadPrices> {
        let file: File = serde_json::from_str(text).map_err(|e| BadPrices(e.to_string()))?;
        let mut models = HashMap::new();
        for entry in &file.models {
            let model = Model {
                standard: entry.standard.exact()?,
                fast: entry.fast.as_ref().map(FileRates::exact).transpose()?,
                long_prompt: match &entry.long_prompt {
                    Some(long) => Some((long.above_prompt_tokens, long.rates.exact()?)),
                    None => None,
                },
            };
            for id in &entry.ids {
                models.insert(plain_id(id), model);
            }
        }
        Ok(Self {
            date: file.date,
            source: file.source,
            web_search: picodollars(file.web_search_usd.unwrap_or(0.0), 12)?,
            us_inference: picodollars(file.us_inference.unwrap_or(1.0), 3)?,
            models,
        })
    }

    /// Takes the prices of `over`, and keeps this table's for the models that `over` does not name.
    #[must_use]
    pub fn overridden_by(mut self, over: Self) -> Self {
        self.date = over.date;
        self.source = over.source;
        if over.web_search > 0 {
            self.web_search = over.web_search;
        }
        if over.us_inference > 1000 {
            self.us_inference = over.us_inference;
        }
        self.models.extend(over.models);
        self
    }

    /// The prices of a model as transcripts name it, or `None` where the table does not have it.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.get(&plain_id(id))
    }

    /// What one response of `model` costs.
    pub fn cost(
        &self,
        model: &Model,
        service: Service,
        tokens: &TokenSums,
        searches: u64,
    ) -> Picodollars {
        let rates = match (service.fast, &model.fast, &model.long_prompt) {
            (true, Some(fast), _) => fast,
            (_, _, Some((above, long))) if tokens.prompt() > *above => long,
            _ => &model.standard,
        };
        let tokens = rates.cost(tokens);
        let tokens = if service.us { tokens * self.us_inference / 1000 } else { tokens };
        tokens + Picodollars::from(searches) * self.web_search
    }

    /// What the tokens of several calls cost at the standard rates, which is all that can be said of
    /// sums.
    pub fn standard_cost(model: &Model, tokens: &TokenSums) -> Picodollars {
        model.standard.cost(tokens)
    }
}

impl Rates {
    fn cost(&self, tokens: &TokenSums) -> Picodollars {
        Picodollars::from(tokens.input) * self.input
            + Picodollars::from(tokens.output) * self.output
            + Picodollars::from(tokens.cache_creation_5m) * self.cache_write_5m
            + Picodollars::from(tokens.cache_creation_1h) * self.cache_write_1h
            + Picodollars::from(tokens.cache_read) * self.cache_read
    }
}

impl FileRates {
    fn exact(&self) -> Result<Rates, BadPrices> {
        // A dollar per million tokens is a million picodollars per token.
        Ok(Rates {
            input: picodollars(self.input, 6)?,
            output: picodollars(self.output, 6)?,
            cache_write_5m: picodollars(self.cache_write_5m, 6)?,
            cache_write_1h: picodollars(self.cache_write_1h, 6)?,
            cache_read: picodollars(self.cache_read, 6)?,
        })
    }
}

/// `amount` times ten to the `digits`, to the nearest whole.
fn picodollars(amount: f64, digits: i32) -> Result<Picodollars, BadPrices> {
    if !(0.0..=1e6).contains(&amount) {
        return Err(BadPrices(format!("{amount} is no price: expected 0 to 1,000,000 dollars")));
    }
    Ok((amount * 10f64.powi(digits)).round() as Picodollars)
}

/// A model's id without what does not change its price: the context suffix, a cloud provider's
/// prefix and version, the date of its snapshot.
fn plain_id(id: &str) -> String {
    let id = id.trim().to_ascii_lowercase();
    let id = id.split_once('[').map_or(id.as_str(), |(id, _)| id);
    let id = id.rsplit_once('/').map_or(id, |(_, id)| id);
    let id = id.rsplit_once("anthropic.").map_or(id, |(_, id)| id);
    let id = id.split_once('@').map_or(id, |(id, _)| id);
    let id = id.split_once(':').map_or(id, |(id, _)| id);
    let id = match id.rsplit_once("-v") {
        Some((rest, version)) if !version.is_empty() && digits(version) => rest,
        _ => id,
    };
    match id.rsplit_once('-') {
        Some((rest, date)) if date == "latest" || (date.len() == 8 && digits(date)) => rest,
        _ => id,
    }
    .to_owned()
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(model: &str, service: Service, tokens: [u64; 5]) -> Picodollars {
        let table = PriceTable::builtin();
        let tokens = TokenSums {
            input: tokens[0],
            output: tokens[1],
            cache_creation_5m: tokens[2],
            cache_creation_1h: tokens[3],
            cache_read: tokens[4],
        };
        table.cost(table.model(model).unwrap(), service, &tokens, 0)
    }

    /// Claude Code's own costs, from the `cost-state` lines it wrote for these tokens.
    #[test]
    fn agrees_with_the_costs_that_claude_code_writes() {
        for (model, tokens, usd) in [
            ("claude-sonnet-4-5-20250929", [80, 1460, 53_700, 0, 143_300], 0.266_505),
            ("claude-sonnet-4-5-20250929[1m]", [10, 500, 300_000, 0, 100_000], 1.162_53),
            ("claude-opus-5-5", [10, 500, 30_000, 0, 1_000], 0.160_24),
            ("claude-haiku-5-5", [10, 50, 31_000, 0, 0], 0.003_901),
            // `estimated_cache_write_usd` of a model switch, rounded there to four places.
            ("claude-sonnet-5-5", [0, 0, 400_510, 0, 0], 1.001_275),
        ] {
            let ours = cost(model, Service::default(), tokens) as f64 / DOLLAR as f64;
            assert!((ours - usd).abs() < 1e-9, "{model}: {ours} instead of {usd}");
        }
    }

    #[test]
    fn writes_for_an_hour_cost_twice_the_input_and_for_five_minutes_a_quarter_more() {
        let standard = Service::default();
        let input = cost("claude-opus-4-6", standard, [1_000_000, 0, 0, 0, 0]);
        assert_eq!(input, 5 * DOLLAR);
        assert_eq!(cost("claude-opus-4-6", standard, [0, 0, 1_000_000, 0, 0]), input * 5 / 4);
        assert_eq!(cost("claude-opus-4-6", standard, [0, 0, 0, 1_000_000, 0]), input * 2);
    }

    #[test]
    fn fast_long_and_domestic_responses_have_their_own_rates() {
        let million = [1_000_000, 0, 0, 0, 0];
        let fast = Service { fast: true, us: false };
        let us = Service { fast: false, us: true };
        assert_eq!(cost("claude-opus-4-6", fast, million), 30 * DOLLAR);
        // No fast rate is known for this one: served fast or not, it costs the same.
        assert_eq!(cost("claude-sonnet-4-5", fast, million), 3 * DOLLAR);
        assert_eq!(cost("claude-sonnet-4-5", us, million), 33 * DOLLAR / 10);
        assert_eq!(
            cost("claude-haiku-5-5", Service::default(), [100_000, 0, 0, 0, 0]),
            DOLLAR / 100
        );
        assert_eq!(
            cost("claude-haiku-5-5", Service::default(), [100_000, 0, 0, 0, 100_000]),
            DOLLAR / 20 + DOLLAR / 200
        );
    }

    #[test]
    fn ids_are_found_under_every_spelling_and_strangers_under_none() {
        let table = PriceTable::builtin();
        for id in [
            "claude-opus-4-6",
            "claude-opus-4-6[1m]",
            "us.anthropic.claude-opus-4-6-20260101-v1:0",
            "anthropic/claude-opus-4-6",
            "claude-opus-4-5@20251101",
            "claude-3-5-haiku-latest",
            "claude-opus-4-20250514",
        ] {
            assert!(table.model(id).is_some(), "{id}");
        }
        for id in ["claude-opus-44", "gpt-5", "", "claude-opus"] {
            assert!(table.model(id).is_none(), "{id}");
        }
    }

    #[test]
    fn a_price_file_overrides_by_model_and_refuses_nonsense() {
        let own = r#"{"date":"2027-01-01","source":"contract","models":[{"ids":["house-model"],
            "input":1,"output":2,"cache_write_5m":1.25,"cache_write_1h":2,"cache_read":0.1}]}"#;
        let table = PriceTable::builtin().overridden_by(PriceTable::parse(own).unwrap());
        assert!(table.model("house-model").is_some());
        assert!(table.model("claude-opus-4-6").is_some());
        assert_eq!(table.date, "2027-01-01");
        assert!(PriceTable::parse(&own.replace("1.25", "-1")).is_err());
        assert!(PriceTable::parse("{}").is_err());
    }
}

//! A made-up history of Claude Code sessions, with the true totals.
//!
//! Deterministic by seed. It has what makes counting hard: messages repeated line by line with final or
//! growing numbers, missing request ids, forks, subagents, rows replayed after a compaction, look-alike
//! text inside tool results and real look-alike JSON inside tool inputs, messages that Claude Code made
//! up, models without a price, torn lines, runs of zeros and CRLF.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use chrono::{DateTime, Datelike, Days};

/// What one response truly used, and where it belongs.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) id: String,
    pub(crate) session: String,
    pub(crate) project: usize,
    pub(crate) time: u32,
    pub(crate) model: usize,
    pub(crate) fast: bool,
    /// Input, output, cache writes for five minutes and for an hour, cache reads.
    pub(crate) tokens: [u64; 5],
    pub(crate) searches: u64,
}

/// Calls that only a session's running totals contain.
#[derive(Debug, Clone)]
pub(crate) struct Hidden {
    pub(crate) session: String,
    pub(crate) project: usize,
    pub(crate) time: u32,
    pub(crate) model: usize,
    pub(crate) tokens: [u64; 5],
}

/// Everything a counter should find.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) responses: Vec<Response>,
    pub(crate) hidden: Vec<Hidden>,
    pub(crate) broken_lines: u64,
    pub(crate) files: u64,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

/// A model with its price in dollars per million tokens, in the order of `Response::tokens`.
struct Model {
    name: &'static str,
    price: Option<[f64; 5]>,
    fast: Option<[f64; 5]>,
    /// Above so many tokens of prompt, another price.
    long: Option<(u64, [f64; 5])>,
}

const MODELS: [Model; 5] = [
    Model {
        name: "claude-sonnet-4-5-20250929",
        price: Some([3.0, 15.0, 3.75, 6.0, 0.3]),
        fast: None,
        long: None,
    },
    Model {
        name: "claude-opus-4-6",
        price: Some([5.0, 25.0, 6.25, 10.0, 0.5]),
        fast: Some([30.0, 150.0, 37.5, 60.0, 3.0]),
        long: None,
    },
    Model {
        name: "claude-haiku-5-5",
        price: Some([0.1, 0.5, 0.125, 0.2, 0.01]),
        fast: None,
        long: Some((100_000, [0.5, 2.5, 0.625, 1.0, 0.05])),
    },
    Model {
        name: "claude-opus-5-5",
        price: Some([4.0, 20.0, 5.0, 8.0, 0.2]),
        fast: Some([8.0, 40.0, 10.0, 16.0, 0.4]),
        long: None,
    },
    Model { name: "house-model-1", price: None, fast: None, long: None },
];

/// Sums of one row, as `rejoin usage --json` names them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sums {
    pub(crate) responses: u64,
    pub(crate) tokens: [u64; 5],
    pub(crate) unpriced: u64,
    pub(crate) usd: f64,
    pub(crate) hidden_tokens: [u64; 5],
    pub(crate) hidden_usd: f64,
}

impl Truth {
    /// The true rows, cut in UTC.
    pub(crate) fn rows(&self, by: &str) -> BTreeMap<String, Sums> {
        let times = self.responses.iter().map(|r| r.time).chain(self.hidden.iter().map(|h| h.time));
        let mut times: Vec<u32> = times.collect();
        times.sort_unstable();
        let mut blocks: Vec<u32> = Vec::new();
        for time in times {
            if blocks.last().is_none_or(|start| time >= start + 5 * 3600) {
                blocks.push(time - time % 3600);
            }
        }
        let key = |session: &str, project: usize, model: usize, time: u32| {
            let moment = DateTime::from_timestamp(i64::from(time), 0).unwrap();
            let day = moment.date_naive();
            match by {
                "day" => day.to_string(),
                "week" => {
                    (day - Days::new(u64::from(day.weekday().num_days_from_monday()))).to_string()
                }
                "month" => day.format("%Y-%m").to_string(),
                "session" => session.to_owned(),
                "model" => MODELS[model].name.to_owned(),
                "project" => folder(project),
                "block" => {
                    let start = blocks.iter().rev().find(|start| **start <= time).unwrap();
                    rfc3339_seconds(*start)
                }
                other => panic!("no such cut: {other}"),
            }
        };
        let mut rows: BTreeMap<String, Sums> = BTreeMap::new();
        for response in &self.responses {
            let model = &MODELS[response.model];
            let row = rows
                .entry(key(&response.session, response.project, response.model, response.time))
                .or_default();
            row.responses += 1;
            add(&mut row.tokens, &response.tokens);
            let [input, _, five, hour, read] = response.tokens;
            let price = match (&model.long, &model.fast) {
                (Some((above, long)), _) if input + five + hour + read > *above => Some(long),
                (_, Some(fast)) if response.fast => Some(fast),
                _ => model.price.as_ref(),
            };
            match price {
                Some(price) => {
                    row.usd += dollars(&response.tokens, price) + response.searches as f64 * 0.01;
                }
                None => row.unpriced += response.tokens.iter().sum::<u64>(),
            }
        }
        for hidden in &self.hidden {
            let row = rows
                .entry(key(&hidden.session, hidden.project, hidden.model, hidden.time))
                .or_default();
            add(&mut row.hidden_tokens, &hidden.tokens);
            let price = MODELS[hidden.model].price.as_ref().unwrap();
            row.hidden_usd += dollars(&hidden.tokens, price);
        }
        rows
    }

    pub(crate) fn totals(&self) -> Sums {
        let mut all = Sums::default();
        for row in self.rows("model").values() {
            all.responses += row.responses;
            add(&mut all.tokens, &row.tokens);
            add(&mut all.hidden_tokens, &row.hidden_tokens);
            all.unpriced += row.unpriced;
            all.usd += row.usd;
            all.hidden_usd += row.hidden_usd;
        }
        all
    }
}

fn add(sums: &mut [u64; 5], more: &[u64; 5]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

fn dollars(tokens: &[u64; 5], price: &[f64; 5]) -> f64 {
    tokens.iter().zip(price).map(|(tokens, price)| *tokens as f64 * price / 1e6).sum()
}

fn rfc3339_seconds(time: u32) -> String {
    DateTime::from_timestamp(i64::from(time), 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn cwd(project: usize) -> String {
    format!("/home/dev/projects/app-{project:02}")
}

fn folder(project: usize) -> String {
    cwd(project).replace('/', "-")
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True once in `n`.
    fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }
}

/// Text as it stands inside a JSON string: words, line breaks, quotes, and transcripts quoted.
fn filler(random: &mut Random) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "fn ", "let ", "token ", "usage ", "return ", "    ", "\\n", "self.", "the ", "cache ",
        "{ ", "} ", "\\\"", "→ ", "error: ", "0x1f ",
    ];
    const LOOKALIKE: &str = r#"{\"type\":\"assistant\",\"message\":{\"id\":\"msg_quoted\",\"model\":\"claude-opus-4-6\",\"usage\":{\"input_tokens\":999999,\"output_tokens\":999999}},\"timestamp\":\"2026-11-22T15:15:12.791Z\"}\n"#;
    let mut text = String::new();
    while text.len() < 256 << 10 {
        if random.once_in(400) {
            text.push_str(LOOKALIKE);
        } else {
            text.push_str(WORDS[random.below(16) as usize]);
        }
    }
    text.into_bytes()
}

/// How a session writes its lines.
struct Style {
    session: String,
    project: usize,
    /// Older versions repeat a message per block while its numbers grow, newer ones with the final ones.
    growing: bool,
    request_ids: bool,
    line_end: &'static str,
    sidechain: bool,
}

/// One message of a session, for copies of it.
#[derive(Clone)]
struct Message {
    response: Response,
    lines: usize,
}

struct Writer<'t> {
    random: Random,
    filler: Vec<u8>,
    out: Vec<u8>,
    truth: &'t mut Truth,
    messages: u64,
}

/// Writes a history of about `bytes` below `projects`.
pub(crate) fn generate(projects: &Path, seed: u64, bytes: u64) -> io::Result<Truth> {
    let mut truth = Truth::default();
    let mut random = Random(seed);
    let filler = filler(&mut random);
    let mut writer = Writer { random, filler, out: Vec::new(), truth: &mut truth, messages: 0 };
    // A gigabyte has 590 sessions and 940 files.
    let mut number = 0;
    while writer.truth.bytes < bytes {
        writer.session(projects, number)?;
        number += 1;
    }
    Ok(truth)
}

impl Writer<'_> {
    fn session(&mut self, projects: &Path, number: u64) -> io::Result<()> {
        let project = self.random.below(12) as usize;
        let style = Style {
            session: self.random.uuid(),
            project,
            growing: self.random.once_in(2),
            request_ids: !self.random.once_in(6),
            line_end: if self.random.once_in(20) { "\r\n" } else { "\n" },
            sidechain: false,
        };
        // 57 days from 2026-09-20, a Sunday.
        let mut time = 1_789_862_400 + self.random.below(57 * 86_400) as u32;
        let start_ms = u64::from(time) * 1000 + number % 1000;
        let count = match self.random.below(10) {
            0..5 => self.random.between(10, 60),
            5..9 => self.random.between(60, 200),
            _ => self.random.between(200, 360),
        };
        let model = [0, 0, 1, 1, 1, 2, 3, 3, 4][self.random.below(9) as usize];
        let mut messages = Vec::new();
        let compacted = model != 4 && self.random.once_in(4);
        for at in 0..count {
            time += self.random.between(4, 90) as u32;
            messages.push(self.turn(&style, model, time));
            if compacted && at == count / 2 {
                self.compaction(&style, time, &messages);
            }
            self.noise(&style, time);
        }
        let mut children = Vec::new();
        let subagents = if self.random.once_in(3) { self.random.between(1, 3) } else { 0 };
        let main = self.take();
        for _ in 0..subagents {
            let agent = format!("{:016x}", self.random.next());
            let own = Style { session: style.session.clone(), sidechain: true, ..style };
            let mut later = messages[0].response.time;
            for _ in 0..self.random.between(3, 25) {
                later += self.random.between(2, 20) as u32;
                children.push(self.turn(&own, model, later));
            }
            // Older versions kept subagents beside the sessions.
            let path = if self.random.once_in(8) {
                format!("agent-{agent}.jsonl")
            } else {
                format!("{}/subagents/agent-{agent}.jsonl", style.session)
            };
            let text = self.take();
            self.file(projects, project, &path, &text)?;
        }
        self.out = main;
        let mut totals = BTreeMap::new();
        for message in messages.iter().chain(&children) {
            add(totals.entry(message.response.model).or_insert([0; 5]), &message.response.tokens);
        }
        let last = messages.iter().map(|m| m.response.time).max().unwrap_or(time);
        let tells = model != 4 && !self.random.once_in(5);
        let mut hidden = [0; 5];
        let last = children.iter().map(|m| m.response.time).fold(last, u32::max);
        if tells {
            if compacted {
                hidden = [self.random.between(5, 50), self.random.between(500, 4000), 0, 0, 80_000];
                self.truth.hidden.push(Hidden {
                    session: style.session.clone(),
                    project,
                    time: last,
                    model,
                    tokens: hidden,
                });
                add(totals.entry(model).or_insert([0; 5]), &hidden);
            }
            self.cost_state(&style, start_ms, &totals);
        }
        self.end_of_file();
        let text = self.take();
        self.file(projects, project, &format!("{}.jsonl", style.session), &text)?;
        self.truth.responses.extend(messages.iter().chain(&children).map(|m| m.response.clone()));
        if self.random.once_in(6) {
            self.fork(projects, &style, &messages, time + 4000, (tells, start_ms, model, hidden))?;
        }
        Ok(())
    }

    /// A session that starts with a copy of another's messages.
    fn fork(
        &mut self,
        projects: &Path,
        origin: &Style,
        messages: &[Message],
        from: u32,
        (tells, start_ms, model, inherited): (bool, u64, usize, [u64; 5]),
    ) -> io::Result<()> {
        // Older versions did not say where a copied response was asked for.
        let marked = !self.random.once_in(4);
        let project = if marked && self.random.once_in(3) {
            (origin.project + 1 + self.random.below(11) as usize) % 12
        } else {
            origin.project
        };
        let style = Style { session: self.random.uuid(), project, ..*origin };
        let copied = self.random.between(1, messages.len() as u64) as usize;
        let mut totals = BTreeMap::new();
        for message in &messages[..copied] {
            let asked_by = marked.then_some(origin.session.as_str());
            // A fork may begin in the middle of a message, before its final numbers.
            let cut = !tells && message.response.id == messages[copied - 1].response.id;
            for line in 0..if cut { 1 } else { message.lines } {
                self.response_line(&style, &message.response, line, message.lines, asked_by);
            }
            add(totals.entry(message.response.model).or_insert([0; 5]), &message.response.tokens);
        }
        if !marked && style.session < origin.session {
            // Nothing tells the two apart: the first path has it.
            let ids: Vec<&str> =
                messages[..copied].iter().map(|m| m.response.id.as_str()).collect();
            for response in self.truth.responses.iter_mut().rev() {
                if ids.contains(&response.id.as_str()) {
                    response.session.clone_from(&style.session);
                }
            }
        }
        let mut time = from;
        for _ in 0..self.random.between(3, 20) {
            time += self.random.between(4, 90) as u32;
            let message = self.turn(&style, model, time);
            add(totals.entry(model).or_insert([0; 5]), &message.response.tokens);
            self.truth.responses.push(message.response);
        }
        if tells {
            let own = [3, 300, 0, 0, 9_000];
            self.truth.hidden.push(Hidden {
                session: style.session.clone(),
                project,
                time,
                model,
                tokens: own,
            });
            let sum = totals.entry(model).or_insert([0; 5]);
            add(sum, &own);
            add(sum, &inherited);
            self.cost_state(&style, start_ms, &totals);
        }
        let text = self.take();
        self.file(projects, project, &format!("{}.jsonl", style.session), &text)
    }

    /// A response and what the tools answered.
    fn turn(&mut self, style: &Style, model: usize, time: u32) -> Message {
        self.messages += 1;
        let random = &mut self.random;
        let hour = random.once_in(3);
        let created = if random.once_in(3) { random.between(100, 30_000) } else { 0 };
        let response = Response {
            id: format!("msg_{:012x}{:08x}", random.next() & 0xffff_ffff_ffff, self.messages),
            session: style.session.clone(),
            project: style.project,
            time,
            model,
            fast: matches!(model, 1 | 3) && random.once_in(30),
            tokens: [
                random.between(1, 12),
                random.between(20, 1500),
                if hour { 0 } else { created },
                if hour { created } else { 0 },
                random.between(5_000, 160_000),
            ],
            searches: if random.once_in(50) { random.between(1, 4) } else { 0 },
        };
        let lines = random.between(1, 3) as usize;
        for line in 0..lines {
            self.response_line(style, &response, line, lines, None);
        }
        self.tool_result(style, time);
        Message { response, lines }
    }

    fn response_line(
        &mut self,
        style: &Style,
        response: &Response,
        line: usize,
        lines: usize,
        asked_by: Option<&str>,
    ) {
        let last = line + 1 == lines;
        let [input, output, five, hour, read] = response.tokens;
        let output = if style.growing && !last {
            output * (line as u64 + 1) / (lines as u64 + 4)
        } else {
            output
        };
        let content = self.content(line, last);
        let (parent, uuid) = (self.random.uuid(), self.random.uuid());
        let mut text = String::with_capacity(content.len() + 1200);
        write!(
            text,
            r#"{{"parentUuid":"{parent}","isSidechain":{},"message":{{"id":"{}","type":"message","role":"assistant","model":"{}","content":[{content}],"stop_reason":"tool_use","stop_sequence":null,"usage":{{"input_tokens":{input},"cache_creation_input_tokens":{},"cache_read_input_tokens":{read},"output_tokens":{output},"output_tokens_details":{{"thinking_tokens":0}},"server_tool_use":{{"web_search_requests":{},"web_fetch_requests":0}},"service_tier":"standard","cache_creation":{{"ephemeral_1h_input_tokens":{hour},"ephemeral_5m_input_tokens":{five}}},"inference_geo":"","iterations":[],"speed":"{}"}}}},"#,
            style.sidechain,
            response.id,
            MODELS[response.model].name,
            five + hour,
            response.searches,
            if response.fast { "fast" } else { "standard" },
        )
        .unwrap();
        if style.request_ids {
            write!(text, r#""requestId":"req_{}","#, &response.id[4..]).unwrap();
        }
        if let Some(origin) = asked_by {
            write!(text, r#""requestSessionId":"{origin}","#).unwrap();
        }
        write!(
            text,
            r#""type":"assistant","uuid":"{uuid}","timestamp":"{}","userType":"external","cwd":"{}","sessionId":"{}","version":"2.1.330","gitBranch":"main"}}"#,
            // The blocks of a message follow each other within the second.
            moment(response.time, line as u32 * 31),
            cwd(style.project),
            style.session,
        )
        .unwrap();
        self.line(style, text.as_bytes());
    }

    /// A content block; now and then a tool's input that looks like usage.
    fn content(&mut self, line: usize, last: bool) -> String {
        let length = match self.random.below(20) {
            0..14 => self.random.between(60, 900),
            14..19 => self.random.between(900, 4_000),
            _ => self.random.between(4_000, 20_000),
        };
        let text = self.text(length);
        match (line, last) {
            (0, false) => {
                format!(r#"{{"type":"thinking","thinking":"{text}","signature":"c2ln"}}"#)
            }
            (_, true) if self.random.once_in(100) => format!(
                r#"{{"type":"tool_use","id":"toolu_1","name":"Write","input":{{"message":{{"id":"msg_inner","model":"claude-opus-4-6","usage":{{"input_tokens":777,"output_tokens":777}}}},"usage":{{"output_tokens":-1}},"content":"{text}"}}}}"#
            ),
            (_, true) => format!(
                r#"{{"type":"tool_use","id":"toolu_1","name":"Write","input":{{"file_path":"/home/dev/a.rs","content":"{text}"}}}}"#
            ),
            _ => format!(r#"{{"type":"text","text":"{text}"}}"#),
        }
    }

    fn tool_result(&mut self, style: &Style, time: u32) {
        let length = match self.random.below(40) {
            0..22 => self.random.between(100, 3_000),
            22..36 => self.random.between(3_000, 12_000),
            36..39 => self.random.between(12_000, 60_000),
            _ => self.random.between(60_000, 300_000),
        };
        let text = self.text(length);
        // What a subagent used stands in the result of its tool, too.
        let usage = if self.random.once_in(60) {
            r#","totalTokens":9127,"usage":{"input_tokens":5,"output_tokens":22,"cache_read_input_tokens":9000}"#
        } else {
            ""
        };
        let (parent, uuid) = (self.random.uuid(), self.random.uuid());
        let text = format!(
            r#"{{"parentUuid":"{parent}","isSidechain":{},"type":"user","message":{{"role":"user","content":[{{"tool_use_id":"toolu_1","type":"tool_result","content":"{text}"}}]}},"uuid":"{uuid}","timestamp":"{}","toolUseResult":{{"stdout":"","interrupted":false{usage}}},"cwd":"{}","sessionId":"{}","version":"2.1.330"}}"#,
            style.sidechain,
            moment(time, 500),
            cwd(style.project),
            style.session,
        );
        self.line(style, text.as_bytes());
    }

    /// A boundary, and the last rows written once more.
    fn compaction(&mut self, style: &Style, time: u32, messages: &[Message]) {
        let text = format!(
            r#"{{"parentUuid":null,"type":"system","subtype":"compact_boundary","timestamp":"{}","compactMetadata":{{"trigger":"auto","preTokens":150000,"postTokens":9464}}}}"#,
            moment(time, 700)
        );
        self.line(style, text.as_bytes());
        for message in &messages[messages.len().saturating_sub(4)..] {
            for line in 0..message.lines {
                self.response_line(style, &message.response, line, message.lines, None);
            }
        }
    }

    /// What stands between the turns, and what should not be there.
    fn noise(&mut self, style: &Style, time: u32) {
        let at = moment(time, 900);
        if self.random.once_in(3) {
            let length = self.random.between(300, 4_000);
            let text = self.text(length);
            let text = format!(
                r#"{{"parentUuid":null,"type":"attachment","attachment":{{"type":"hook_success","content":"{text}"}},"timestamp":"{at}","sessionId":"{}"}}"#,
                style.session
            );
            self.line(style, text.as_bytes());
        }
        if self.random.once_in(80) {
            let text = format!(
                r#"{{"type":"assistant","uuid":"u","timestamp":"{at}","message":{{"id":"{}","model":"<synthetic>","role":"assistant","usage":{{"input_tokens":0,"output_tokens":0,"service_tier":null,"speed":null}},"content":[{{"type":"text","text":"No response requested."}}]}},"isApiErrorMessage":true,"sessionId":"{}"}}"#,
                self.random.uuid(),
                style.session
            );
            self.line(style, text.as_bytes());
        }
        if self.random.once_in(300) {
            // Torn: a response of its own that nobody will ever know.
            let text = format!(
                r#"{{"parentUuid":"p","message":{{"id":"msg_torn","model":"{}","usage":{{"input_tokens":5,"output_tok"#,
                MODELS[0].name
            );
            self.line(style, text.as_bytes());
            self.truth.broken_lines += 1;
        }
        if self.random.once_in(400) {
            let zeros = vec![0; self.random.between(1, 4096) as usize];
            self.line(style, &zeros);
            self.truth.broken_lines += 1;
        }
        if self.random.once_in(600) {
            let text = format!(
                r#"{{"type":"assistant","message":{{"id":"msg_absurd","model":"claude-opus-4-6","usage":{{"input_tokens":-5,"output_tokens":1e300}}}},"timestamp":"{at}"}}"#
            );
            self.line(style, text.as_bytes());
            self.truth.broken_lines += 1;
        }
        if self.random.once_in(200) {
            self.line(style, b"");
        }
    }

    fn cost_state(&mut self, style: &Style, start_ms: u64, totals: &BTreeMap<usize, [u64; 5]>) {
        let models: Vec<String> = totals
            .iter()
            .map(|(model, [input, output, five, hour, read])| {
                format!(
                    r#""{}[1m]":{{"inputTokens":{input},"outputTokens":{output},"thinkingTokens":0,"cacheReadInputTokens":{read},"cacheCreationInputTokens":{},"cacheCreationEphemeral5mInputTokens":{five},"cacheCreationEphemeral1hInputTokens":{hour},"webSearchRequests":0,"costUSD":1.5}}"#,
                    MODELS[*model].name,
                    five + hour
                )
            })
            .collect();
        let text = format!(
            r#"{{"type":"cost-state","sessionId":"{}","totalCostUSD":1.5,"totalDuration":1540,"startTime":{start_ms},"modelUsage":{{{}}},"hasUnknownModelCost":false}}"#,
            style.session,
            models.join(",")
        );
        self.line(style, text.as_bytes());
    }

    /// The last line of some files lacks its end.
    fn end_of_file(&mut self) {
        if self.random.once_in(10) && self.out.last() == Some(&b'\n') {
            self.out.pop();
        }
    }

    fn text(&mut self, length: u64) -> String {
        let length = length as usize;
        let mut text = String::with_capacity(length + 8);
        let mut start = self.random.below(self.filler.len() as u64 / 2) as usize;
        // Neither a character nor an escape may be cut.
        while text.len() < length {
            let rest = &self.filler[start..];
            let from = rest.iter().position(|b| *b == b' ').map_or(0, |at| at + 1);
            let to = (from + length - text.len()).min(rest.len());
            let to =
                rest[..to].iter().rposition(|b| *b == b' ').map_or(from, |at| at + 1).max(from);
            text.push_str(std::str::from_utf8(&rest[from..to]).unwrap());
            if to == from {
                break;
            }
            start = 0;
        }
        text
    }

    fn line(&mut self, style: &Style, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.out.extend_from_slice(style.line_end.as_bytes());
        self.truth.lines += 1;
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn file(&mut self, projects: &Path, project: usize, name: &str, text: &[u8]) -> io::Result<()> {
        let path = projects.join(folder(project)).join(name);
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(path, text)?;
        self.truth.files += 1;
        self.truth.bytes += text.len() as u64;
        Ok(())
    }
}

/// A moment as Claude Code writes it.
fn moment(time: u32, milliseconds: u32) -> String {
    DateTime::from_timestamp(i64::from(time), milliseconds * 1_000_000)
        .unwrap()
        .format("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

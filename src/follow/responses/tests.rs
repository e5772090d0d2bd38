use super::{Log, Response, Sum, Tokens};
use crate::follow::{Record, State, Told};
use proptest::prelude::*;
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
    folder.join(format!("{name}.jsonl"))
}

/// The recorded sessions, subagents' own transcripts left out.
fn recorded() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(fixture("").parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .filter(|path| !path.to_string_lossy().contains(".sub-"))
        .collect();
    all.sort();
    all
}

/// A session that is followed while its transcript grows, and its log.
struct Followed {
    folder: tempfile::TempDir,
    state: State,
    log: String,
}

impl Followed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, state: State::default(), log: String::new() }
    }

    /// The transcript gains some bytes and is folded; the state goes through its file.
    fn gain(&mut self, bytes: &[u8]) {
        let path = self.folder.path().join("session.jsonl");
        File::options().create(true).append(true).open(&path).unwrap().write_all(bytes).unwrap();
        self.state.follow(&path, None).unwrap();
        self.save();
        let json = serde_json::to_string(&self.state).unwrap();
        assert!(json.len() <= 64 << 10, "{} bytes of state", json.len());
        self.state = serde_json::from_str(&json).unwrap();
    }

    fn save(&mut self) {
        let text = self.log.clone();
        let ready = self.state.responses.take_ready(|| Ok::<_, Infallible>(Some(text)));
        for record in ready.unwrap() {
            self.log += &record.line();
            self.log.push('\n');
        }
    }

    /// The session is over.
    fn finish(mut self) -> (State, Vec<Response>) {
        self.state.responses.close(&self.state.session);
        self.save();
        (self.state, Log::read(&self.log).sorted())
    }
}

/// A session whose transcript was read up to each of these bytes.
fn read_up_to(path: &Path, cuts: &[usize]) -> (State, Vec<Response>) {
    let bytes = fs::read(path).unwrap();
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % bytes.len()).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut followed = Followed::new();
    let mut from = 0;
    for end in ends {
        followed.gain(&bytes[from..end]);
        from = end;
    }
    followed.finish()
}

/// A record of a recorded session, by how its prompt begins.
fn of(name: &str, prompt: &str) -> Response {
    let (_, records) = read_up_to(&fixture(name), &[]);
    let found = records.iter().find(|record| record.prompt.starts_with(prompt));
    found.unwrap_or_else(|| panic!("{name}: {records:#?}")).clone()
}

#[test]
fn the_records_of_a_session_have_all_that_it_used() {
    for path in recorded() {
        let (state, records) = read_up_to(&path, &[]);
        let sum = Sum::of(records.iter());
        let name = path.display();
        assert_eq!(sum.requests, state.session.responses, "{name}: {records:#?}");
        assert_eq!(sum.usage, Tokens::from(state.session.usage), "{name}");
    }
}

#[test]
fn each_end_of_a_turn_has_its_name() {
    for (name, prompt, reason, error) in [
        ("hello", "", "end_turn", None),
        ("max-tokens", "Write without end.", "max_tokens", Some("max_output_tokens")),
        ("tui-limits", "Write without end", "max_tokens", Some("max_output_tokens")),
        ("tui-limits", "Hit the limit", "api_error", Some("rate_limit")),
        ("tui-limits", "Once more", "end_turn", None),
        ("error-429", "Hit the rate limit.", "api_error", Some("rate_limit")),
        ("error-500", "Break.", "api_error", Some("server_error")),
        ("error-529", "Hit the overload.", "api_error", Some("server_error")),
        ("error-401", "Be refused.", "api_error", Some("authentication_failed")),
        ("error-400-too-long", "Be too long.", "api_error", Some("invalid_request")),
        ("error-mid-session", "Fail half way.", "api_error", Some("server_error")),
        ("error-529-recovers", "", "end_turn", None),
        ("drop-mid-stream", "Lose the connection.", "end_turn", None),
        ("interrupt", "Sleep for long.", "interrupted", None),
        ("tui-interrupt", "Count slowly", "interrupted", None),
        ("esc-tool", "Run the slow check", "interrupted", None),
        ("killed", "Sleep for long.", "killed", None),
        ("sigterm", "Sleep for long.", "killed", None),
        ("stop-hook-continues", "Finish the work.", "end_turn", None),
    ] {
        let record = of(name, prompt);
        assert_eq!((&*record.stop_reason, record.error.as_deref()), (reason, error), "{name}");
    }
    // Claude Code lets a refused request be answered once more; when that is refused, too, it is the end.
    assert_eq!(of("refusal", "").stop_reason, "end_turn");
    let text = fs::read_to_string(fixture("refusal")).unwrap();
    let refused = text.replace("\"stop_reason\":\"end_turn\"", "\"stop_reason\":\"refusal\"");
    let mut followed = Followed::new();
    followed.gain(refused.as_bytes());
    assert_eq!(followed.finish().1[0].stop_reason, "refusal");
}

#[test]
fn an_answer_that_was_continued_is_whole() {
    let record = of("tui-limits", "Write without end");
    assert_eq!(record.response, ["Cut one"; 4].join("\n\n"));
    assert_eq!(record.requests, 4);
    assert_eq!(of("stop-hook-continues", "").response, "Tests run too.");
}

#[test]
fn a_turn_that_is_abandoned_after_it_was_logged_is_corrected() {
    let bytes = fs::read(fixture("rewind")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let last = "Write a test for total() instead of a cache";
    let before = text.find(last).unwrap();
    let before = text[..before].rfind('\n').unwrap() + 1;
    let mut followed = Followed::new();
    followed.gain(&bytes[..before]);
    // The session ends, and its last turn is logged.
    followed.state.responses.close(&followed.state.session);
    followed.save();
    let logged = Log::read(&followed.log);
    assert_eq!(logged.records().len(), 2);
    assert!(logged.records().iter().all(|record| !record.abandoned));
    // It is resumed, and goes on from before that turn.
    followed.gain(&bytes[before..]);
    let (_, records) = followed.finish();
    let of = |record: &Response| (record.abandoned, record.requests > 0);
    assert_eq!(
        records.iter().map(of).collect::<Vec<_>>(),
        [(false, true), (true, true), (false, true)]
    );
    assert_eq!(records[2].prompt, last);
    // Both turns before the last, in a rewind to the very beginning.
    let (_, records) = read_up_to(&fixture("rewind-twice"), &[]);
    let abandoned: Vec<bool> = records.iter().map(|record| record.abandoned).collect();
    assert_eq!(abandoned, [true, true, true, false], "{records:#?}");
}

#[test]
fn what_comes_after_a_record_was_written_corrects_it() {
    let text = fs::read_to_string(fixture("hello")).unwrap();
    let answer = text.find("\"type\":\"assistant\"").unwrap();
    let answer = text[..answer].rfind('\n').unwrap() + 1;
    let mut followed = Followed::new();
    followed.gain(&text.as_bytes()[..answer]);
    followed.state.responses.close(&followed.state.session);
    followed.save();
    let first = Log::read(&followed.log).sorted();
    assert_eq!((&*first[0].stop_reason, first[0].requests), ("killed", 0));
    followed.gain(&text.as_bytes()[answer..]);
    let lines = |log: &str| log.lines().count();
    assert_eq!(lines(&followed.log), 1);
    followed.state.responses.close(&followed.state.session);
    followed.save();
    assert_eq!(lines(&followed.log), 2);
    // Nothing new, no record.
    followed.state.responses.close(&followed.state.session);
    followed.save();
    assert_eq!(lines(&followed.log), 2);
    let (_, records) = followed.finish();
    assert_eq!(records.len(), 1);
    assert_eq!((&*records[0].stop_reason, records[0].requests), ("end_turn", 1));
    assert_eq!(records[0].turn, first[0].turn);
}

#[test]
fn what_is_logged_has_no_secrets_and_bounds() {
    let secret = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs-AAAAAAAA";
    let prompt = "Say the parts of total() and how they fit together. ".repeat(200);
    let text = fs::read_to_string(fixture("hello")).unwrap();
    let line = text.lines().find(|line| line.contains("\"promptSource\"")).unwrap();
    let known: serde_json::Value = serde_json::from_str(line).unwrap();
    let asked = known["message"]["content"].as_str().unwrap();
    let said = text.lines().find(|line| line.contains("\"type\":\"assistant\"")).unwrap();
    let known: serde_json::Value = serde_json::from_str(said).unwrap();
    let answer = known["message"]["content"][0]["text"].as_str().unwrap();
    let data = format!("I use {secret}.\\n```json\\n{{\\\"key\\\": \\\"{secret}\\\"}}\\n```");
    let text = text
        .replace(
            &format!("\"content\":\"{asked}\""),
            &format!("\"content\":\"Use {secret}. {prompt}\""),
        )
        .replace(&format!("\"text\":\"{answer}\""), &format!("\"text\":\"{data}\""));
    let mut followed = Followed::new();
    followed.gain(text.as_bytes());
    let (_, records) = followed.finish();
    let record = &records[0];
    assert!(
        record.prompt.starts_with("Use [redacted:") && record.prompt.ends_with('…'),
        "{record:?}"
    );
    assert_eq!(crate::session::text::units(&record.prompt) / 100, 19);
    assert!(record.response.starts_with("I use [redacted:"), "{record:?}");
    assert!(record.data.is_some());
    assert!(!record.line().contains("sk-ant"), "{record:?}");
}

#[test]
fn a_turn_whose_lines_were_left_out_is_partial() {
    let turn = |number: u32, bytes: usize| {
        let prompt = format!(
            "{{\"type\":\"user\",\"uuid\":\"p{number}\",\"parentUuid\":\"p{}\",\"timestamp\":\"2026-11-22T15:00:00Z\",\
             \"turnOrigin\":\"human\",\"message\":{{\"content\":\"prompt {number}\"}}}}\n",
            number - 1
        );
        let filler = format!("{{\"type\":\"mode\",\"text\":\"{}\"}}\n", "x".repeat(20_000));
        prompt + &filler.repeat(bytes / filler.len())
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.jsonl");
    let text =
        [turn(1, 100_000), turn(2, 300_000), turn(3, 1_000_000), turn(4, 9_000_000), turn(5, 10)];
    File::options()
        .create(true)
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(text.concat().as_bytes())
        .unwrap();
    let mut state = State::default();
    state.follow(&path, Some(crate::transcript::FIRST_READ)).unwrap();
    state.responses.close(&state.session);
    let ready = state.responses.take_ready(|| Ok::<_, Infallible>(None)).unwrap();
    let partial: Vec<(&str, bool)> = ready.iter().map(|r| (&*r.prompt, r.partial)).collect();
    assert_eq!(
        partial,
        [("prompt 1", false), ("prompt 2", false), ("prompt 3", true), ("prompt 5", false)]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn however_it_was_read_the_log_is_the_same(
        at in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let all = recorded();
        let path = &all[at.index(all.len())];
        let (_, whole) = read_up_to(path, &[]);
        let (_, split) = read_up_to(path, &cuts);
        prop_assert_eq!(whole, split, "{}", path.display());
    }
}

/// A transcript that grows as Claude Code writes it, with what a later `/compact` of the same process does:
/// lines are appended a second time, and the next one goes on from the last of them
/// (anthropics/claude-code#92089).
#[derive(Default)]
struct Written {
    lines: Vec<String>,
    tip: String,
    /// Where the last compaction left what it did not summarise.
    preserved: usize,
    copies: bool,
}

impl Written {
    fn line(&mut self, kind: &str, parent: &str, more: &str) {
        let number = self.lines.len();
        let time = chrono::DateTime::from_timestamp(1_790_000_000 + number as i64, 0).unwrap();
        let parent = if parent.is_empty() { "null".to_owned() } else { format!("\"{parent}\"") };
        let tip = format!("u{number}");
        self.lines.push(format!(
            "{{\"type\":\"{kind}\",\"uuid\":\"{tip}\",\"parentUuid\":{parent},\"timestamp\":\"{}\",{more}}}\n",
            time.to_rfc3339()
        ));
        self.tip = tip;
    }

    fn turn(&mut self, prompt: &str) {
        let asked = format!(
            "\"promptId\":\"{prompt}\",\"turnOrigin\":\"human\",\"message\":{{\"content\":\"{prompt}\"}}"
        );
        self.line("user", &self.tip.clone(), &asked);
        let answer = format!(
            "\"message\":{{\"id\":\"msg-{prompt}\",\"model\":\"claude-sonnet-4-5\",\"stop_reason\":\"end_turn\",\
             \"content\":[{{\"type\":\"text\",\"text\":\"Done: {prompt}.\"}}],\
             \"usage\":{{\"input_tokens\":10,\"output_tokens\":7}}}}"
        );
        self.line("assistant", &self.tip.clone(), &answer);
        self.line("system", &self.tip.clone(), "\"subtype\":\"stop_hook_summary\"");
    }

    fn compact(&mut self) {
        let before = self.preserved;
        // The last turn or its answer: what is kept begins where a message does.
        let head = self.lines.len() - if before > 0 { 2 } else { 3 };
        if self.copies && before > 0 {
            let copied = self.lines[..before].to_vec();
            let at = self.lines[before - 1].find("\"uuid\":\"").unwrap() + 8;
            let last = self.lines[before - 1][at..].split('"').next().unwrap().to_owned();
            self.lines.extend(copied);
            self.line("system", &last, "\"subtype\":\"stop_hook_summary\"");
        } else if before > 0 {
            self.line("system", &self.tip.clone(), "\"subtype\":\"stop_hook_summary\"");
        }
        let boundary = format!(
            "\"subtype\":\"compact_boundary\",\"logicalParentUuid\":\"{}\",\
             \"compactMetadata\":{{\"trigger\":\"manual\",\"preTokens\":900,\"postTokens\":90}}",
            self.tip
        );
        self.line("system", "", &boundary);
        self.line(
            "user",
            &self.tip.clone(),
            "\"isCompactSummary\":true,\"message\":{\"content\":\"Summary\"}",
        );
        self.preserved = head;
    }

    /// A session that is compacted three times, with more responses than are remembered.
    fn session(copies: bool) -> String {
        let mut written = Self { copies, ..Self::default() };
        for number in 0..80 {
            written.turn(&format!("first-{number}"));
        }
        written.compact();
        written.turn("second");
        written.compact();
        written.turn("third-0");
        written.turn("third-1");
        written.compact();
        written.turn("fourth");
        written.lines.concat()
    }
}

#[test]
fn what_a_later_compaction_writes_again_counts_once() {
    // Ids and places are those of the lines, which stand elsewhere.
    let plain = |record: Response| {
        (record.prompt, record.response, record.requests, record.usage.output_tokens)
    };
    let read = |text: &str, cuts: &[usize]| {
        let mut followed = Followed::new();
        let mut from = 0;
        for end in cuts.iter().copied().chain([text.len()]) {
            followed.gain(&text.as_bytes()[from..end]);
            from = end;
        }
        let (state, records) = followed.finish();
        assert!(records.iter().all(|record| !record.abandoned));
        let session = &state.session;
        let facts =
            (session.responses, session.context, session.merged.0 as usize + session.turns.len());
        (facts, records.into_iter().map(plain).collect::<Vec<_>>())
    };
    let (once, twice) = (Written::session(false), Written::session(true));
    assert!(twice.len() > 3 * once.len() / 2);
    let told = read(&once, &[]);
    assert_eq!((told.0, told.1.len()), ((84, Some(17), 84), 84));
    assert!(told.1.iter().all(|record| record.2 == 1));
    assert_eq!(read(&twice, &[]), told);
    // However it is read.
    let copy = twice.find("\"second\"").unwrap();
    for cut in [copy + 200, copy + 1_000, copy + 9_000, twice.len() / 2, twice.len() - 3_000] {
        assert_eq!(read(&twice, &[cut]), told, "cut at {cut}");
    }
}

#[test]
fn an_answer_that_never_reached_the_transcript_is_whole_as_its_stop_told_it() {
    let text = fs::read_to_string(fixture("hello")).unwrap();
    let answer = text.find("\"type\":\"assistant\"").unwrap();
    let answer = text[..answer].rfind('\n').unwrap() + 1;
    let prompt = text.lines().find(|line| line.contains("\"promptSource\"")).unwrap();
    let prompt: serde_json::Value = serde_json::from_str(prompt).unwrap();
    let said = "The cache is keyed by path and time. ".repeat(100)
        + "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs-AAAAAAAA";
    let stop = |said: &str| Record {
        at: chrono::DateTime::UNIX_EPOCH,
        transcript: None,
        told: Told::Stop {
            prompt_id: prompt["promptId"].as_str().map(str::to_owned),
            said: Some(crate::session::keep_quote(said)),
            answer: super::keep_answer(said),
            background: Vec::new(),
        },
    };
    // The Stop comes after the prompt's line or before it.
    for early in [false, true] {
        let mut followed = Followed::new();
        if early {
            followed.state.take(&stop(&said));
        }
        followed.gain(&text.as_bytes()[..answer]);
        if !early {
            followed.state.take(&stop(&said));
        }
        followed.state.responses.close(&followed.state.session);
        followed.save();
        let records = Log::read(&followed.log).sorted();
        assert_eq!((records.len(), &*records[0].stop_reason), (1, "end_turn"));
        let response = &records[0].response;
        assert_eq!(response.matches("keyed by path").count(), 100, "{response}");
        assert!(response.contains("[redacted:") && !response.contains("sk-ant"), "{response}");
        // A hook made Claude continue, with less to say.
        followed.state.take(&stop("Short."));
        let (_, records) = Followed { log: String::new(), ..followed }.finish();
        assert_eq!(records[0].response, "Short.");
    }
    // What the transcript says goes before it.
    let mut followed = Followed::new();
    followed.gain(&text.as_bytes()[..answer]);
    followed.state.take(&stop(&said));
    followed.gain(&text.as_bytes()[answer..]);
    let (state, records) = followed.finish();
    assert_eq!(records[0].requests, 1);
    assert!(!records[0].response.contains("keyed by path"), "{}", records[0].response);
    let kept = serde_json::to_string(&state).unwrap();
    assert!(kept.matches("keyed by path").count() < 20, "it is forgotten");
}

#[test]
fn numbers_that_cannot_be_believed_count_nothing_and_take_nothing_else_away() {
    let mut written = Written::default();
    for number in 0..8 {
        written.turn(&format!("turn-{number}"));
    }
    let usage = "\"usage\":{\"input_tokens\":10,\"output_tokens\":7}";
    for (turn, bad) in [
        (1, "\"usage\":{\"input_tokens\":-10,\"output_tokens\":7}"),
        (2, "\"usage\":{\"input_tokens\":10,\"output_tokens\":18446744073709551615}"),
        (3, "\"usage\":{\"input_tokens\":10,\"output_tokens\":1000000001}"),
        (4, "\"usage\":{\"input_tokens\":1.5,\"output_tokens\":7}"),
        (5, "\"usage\":{\"input_tokens\":\"10\",\"output_tokens\":7}"),
        (6, "\"usage\":\"much\""),
    ] {
        let line = &mut written.lines[3 * turn + 1];
        *line = line.replace(usage, bad);
    }
    // A time without a zone names no moment: the line counts, at the time of the one before.
    let line = &mut written.lines[3 * 7 + 1];
    *line = line.replace("+00:00\"", "\"");
    let mut followed = Followed::new();
    followed.gain(written.lines.concat().as_bytes());
    let (state, records) = followed.finish();
    assert_eq!((state.session.responses, state.session.usage.output), (2, 14));
    assert_eq!(state.cursor.skipped, 6);
    let told: Vec<(u32, &str)> =
        records.iter().map(|record| (record.requests, &*record.response)).collect();
    assert_eq!(told[0], (1, "Done: turn-0."));
    assert_eq!(told[1], (0, "Done: turn-1."));
    assert_eq!(told[6], (0, "Done: turn-6."));
    assert_eq!(told[7], (1, "Done: turn-7."));
    assert_eq!(records[7].duration_ms, 0);
}

#[test]
fn a_response_after_an_error_means_that_the_turn_went_on() {
    let text = fs::read_to_string(fixture("error-500")).unwrap();
    let mut followed = Followed::new();
    followed.gain(text.as_bytes());
    let answer = fs::read_to_string(fixture("hello")).unwrap();
    let mut answer: serde_json::Value = serde_json::from_str(
        answer.lines().find(|line| line.contains("\"type\":\"assistant\"")).unwrap(),
    )
    .unwrap();
    let last = text.lines().rfind(|line| line.contains("\"uuid\"")).unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    answer["parentUuid"] = last["uuid"].clone();
    followed.gain(format!("{answer}\n").as_bytes());
    let running = followed.state.responses.running.as_ref().unwrap();
    assert_eq!((&*running.record.stop_reason, &running.record.error), ("end_turn", &None));
}

#[test]
fn a_subagent_s_run_is_logged_once_its_last_line_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let transcript = folder.path().join("session.jsonl");
    let beside = folder.path().join("session/subagents");
    fs::create_dir_all(&beside).unwrap();
    let whole = fs::read_to_string(fixture("subagent.sub-1")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let end = lines.iter().rposition(|line| line.contains("\"type\":\"assistant\"")).unwrap();
    let put = |path: &Path, text: &str| {
        let mut file = File::options().create(true).write(true).truncate(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    let agent = beside.join("agent-a1.jsonl");
    put(&agent, &(lines[..end].join("\n") + "\n"));
    fs::copy(fixture("subagent"), &transcript).unwrap();
    let mut state = State::default();
    state.transcript = Some(transcript.clone());
    state.follow(&transcript, None).unwrap();
    let ready = |state: &mut State, over: bool| {
        state.complete_responses(over);
        let ready = state.responses.take_ready(|| Ok::<_, Infallible>(None)).unwrap();
        ready.into_iter().filter(|record| record.agent_id.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(ready(&mut state, false), [], "nobody reported it");
    state.responses.reported("a1", "Explore");
    assert_eq!(ready(&mut state, false), [], "its last line is still to come");
    put(&agent, &whole);
    let logged = ready(&mut state, false);
    assert_eq!(logged.len(), 1);
    assert_eq!(logged[0].agent_type.as_deref(), Some("Explore"));
    assert_eq!((logged[0].requests, logged[0].usage.output_tokens), (2, 62));
    assert_eq!(ready(&mut state, false), [], "and only once");
    // Nobody writes any more: what there is of another's is all there will be.
    put(&beside.join("agent-b2.jsonl"), &(lines[..end].join("\n") + "\n"));
    let logged = ready(&mut state, true);
    assert_eq!((logged.len(), &*logged[0].stop_reason), (1, "killed"));
}

#[test]
fn bytes_that_are_no_utf8_spoil_one_text_alone() {
    let mut written = Written::default();
    written.turn("caf-E");
    let mut bytes = written
        .lines
        .concat()
        .replacen("\"content\":\"caf-E", "\"content\":\"caf\0", 1)
        .into_bytes();
    let at = bytes.iter().position(|byte| *byte == 0).unwrap();
    bytes[at] = 0xe9;
    let mut followed = Followed::new();
    followed.gain(&bytes);
    let (state, records) = followed.finish();
    assert_eq!((state.cursor.skipped, records.len()), (0, 1));
    assert_eq!((&*records[0].prompt, records[0].requests), ("caf\u{fffd}", 1));
}

#[test]
fn a_transcript_whose_middle_was_rewritten_is_read_anew() {
    let session = |second: &str, turns: usize| {
        let mut written = Written::default();
        for number in 0..turns {
            written.turn(if number == 1 { second } else { "the same prompt" });
        }
        written.lines.concat()
    };
    let mut followed = Followed::new();
    followed.gain(session("first", 2).as_bytes());
    let path = followed.folder.path().join("session.jsonl");
    File::options().write(true).truncate(true).open(&path).unwrap();
    followed.gain(session("other", 3).as_bytes());
    let (state, records) = followed.finish();
    assert_eq!(state.session.turns.len(), 3);
    assert!(records.iter().any(|record| record.prompt == "other"), "{records:?}");
}

#[test]
fn a_line_that_is_too_long_to_read_is_counted_and_the_rest_is_right() {
    let mut written = Written::default();
    written.turn("before");
    // No string of it is long: there is nothing to cut.
    written.lines.push(format!("{{\"type\":\"x\",\"list\":[{}0]}}\n", "\"ab\",".repeat(600_000)));
    written.turn("after");
    let mut followed = Followed::new();
    followed.gain(written.lines.concat().as_bytes());
    let (state, records) = followed.finish();
    assert_eq!(state.cursor.skipped, 1);
    let prompts: Vec<&str> = records.iter().map(|record| &*record.prompt).collect();
    assert_eq!(prompts, ["before", "after"]);
}

#[test]
fn a_transcript_that_begins_otherwise_is_read_anew() {
    let session = |first: &str, turns: usize| {
        let mut written = Written::default();
        for number in 0..turns {
            written.turn(if number == 0 { first } else { "the same prompt" });
        }
        written.lines.concat()
    };
    let mut followed = Followed::new();
    followed.gain(session("first", 4).as_bytes());
    let path = followed.folder.path().join("session.jsonl");
    File::options().write(true).truncate(true).open(&path).unwrap();
    followed.gain(session("other", 5).as_bytes());
    let (state, records) = followed.finish();
    assert_eq!(state.session.turns.len(), 5);
    assert!(records.iter().any(|record| record.prompt == "other"), "{records:?}");
}

#[test]
fn a_response_that_is_repeated_with_growing_numbers_counts_once_with_the_last() {
    let mut written = Written::default();
    written.turn("grows");
    let line = written.lines[1].clone();
    let grown =
        |output: u32| line.replace("\"output_tokens\":7", &format!("\"output_tokens\":{output}"));
    written.lines.splice(1..2, [grown(1), grown(5), grown(42), grown(42)]);
    // What comes late, and is smaller, is old.
    written.lines.push(grown(3));
    let mut followed = Followed::new();
    followed.gain(written.lines.concat().as_bytes());
    let (state, records) = followed.finish();
    assert_eq!((state.session.responses, state.session.usage.output), (1, 42));
    assert_eq!((records[0].requests, records[0].usage.output_tokens), (1, 42));
    assert_eq!(records[0].usage.input_tokens, 10);
}

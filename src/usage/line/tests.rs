use super::*;

/// A response line with one part replaced.
fn line(from: &str, to: &str) -> String {
    let plain = r#"{"parentUuid":"p","isSidechain":false,"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-6","content":[{"type":"text","text":"hi"}],"usage":{"input_tokens":12,"cache_creation_input_tokens":100,"cache_read_input_tokens":7,"output_tokens":210,"server_tool_use":{"web_search_requests":2},"cache_creation":{"ephemeral_1h_input_tokens":40,"ephemeral_5m_input_tokens":60},"inference_geo":"","speed":"standard"}},"requestId":"req_1","type":"assistant","uuid":"u","timestamp":"2026-11-22T15:15:12.791Z","cwd":"/home/dev","sessionId":"s"}"#;
    assert!(plain.contains(from), "{from}");
    plain.replacen(from, to, 1)
}

fn response(text: &str) -> Response<'_> {
    match read(text.as_bytes()) {
        Line::Response(response) => response,
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn reads_a_response() {
    let text = line("hi", "hi");
    assert_eq!(
        response(&text),
        Response {
            id: "msg_1".into(),
            model: "claude-opus-4-6".into(),
            service: Service::default(),
            tokens: Tokens {
                input: 12,
                output: 210,
                cache_creation_5m: 60,
                cache_creation_1h: 40,
                cache_read: 7
            },
            searches: 2,
            time: 1_795_360_512,
            session: Some("s".into()),
            cwd: Some("/home/dev".into()),
        }
    );
}

#[test]
fn request_ids_are_not_needed_and_copies_name_their_origin() {
    assert_eq!(response(&line(r#""requestId":"req_1","#, "")).id, "msg_1");
    let copied = line(r#""requestId":"req_1""#, r#""requestSessionId":"origin""#);
    assert_eq!(response(&copied).session.as_deref(), Some("origin"));
}

#[test]
fn looks_at_the_line_s_own_usage_only() {
    // Claude wrote JSON of its own into a tool's input: same keys, same nesting, not its usage.
    let nested = line(
        r#"{"type":"text","text":"hi"}"#,
        r#"{"type":"tool_use","input":{"message":{"id":"x","usage":{"input_tokens":9,"output_tokens":9}},"usage":{"output_tokens":-1}}}"#,
    );
    assert_eq!(response(&nested).tokens.output, 210);
    assert_eq!(
        read(line(r#""type":"assistant","uuid""#, r#""type":"user","uuid""#).as_bytes()),
        Line::Other
    );
    assert_eq!(read(line("claude-opus-4-6", "<synthetic>").as_bytes()), Line::Other);
    // Not our kind of line, and not our kind of fields.
    assert_eq!(read(br#"{"type":"system","message":"text","usage":"none"}"#), Line::Other);
}

#[test]
fn writes_without_a_known_life_live_for_five_minutes() {
    let parts =
        r#","cache_creation":{"ephemeral_1h_input_tokens":40,"ephemeral_5m_input_tokens":60}"#;
    let tokens = response(&line(parts, "")).tokens;
    assert_eq!((tokens.cache_creation_5m, tokens.cache_creation_1h), (100, 0));
    let tokens = response(&line(r#""cache_creation_input_tokens":100,"#, "")).tokens;
    assert_eq!((tokens.cache_creation_5m, tokens.cache_creation_1h), (60, 40));
    let tokens =
        response(&line(r#"creation_input_tokens":100"#, r#"creation_input_tokens":30"#)).tokens;
    assert_eq!((tokens.cache_creation_5m, tokens.cache_creation_1h), (0, 30));
}

#[test]
fn what_cannot_be_believed_is_broken() {
    for (from, to, flaw) in [
        (r#""output_tokens":210"#, r#""output_tokens":-210"#, Flaw::Tokens),
        (r#""output_tokens":210"#, r#""output_tokens":2e30"#, Flaw::Tokens),
        (r#""output_tokens":210"#, r#""output_tokens":1000000001"#, Flaw::Tokens),
        (r#""output_tokens":210"#, r#""output_tokens":18446744073709551616"#, Flaw::Tokens),
        (r#""output_tokens":210"#, r#""output_tokens":1.5"#, Flaw::Tokens),
        (r#""output_tokens":210"#, r#""output_tokens":"210""#, Flaw::Tokens),
        (r#""output_tokens":210,"#, "", Flaw::Tokens),
        (r#""input_tokens":12,"#, "", Flaw::Tokens),
        (r#""id":"msg_1","#, "", Flaw::Name),
        (r#""id":"msg_1""#, r#""id":"""#, Flaw::Name),
        (r#""model":"claude-opus-4-6","#, "", Flaw::Name),
        ("12.791Z", "12.791", Flaw::Time),
        (r#""timestamp":"2026-11-22T15:15:12.791Z","#, "", Flaw::Time),
        ("2026-11-22", "1926-11-22", Flaw::Time),
        (r#""sessionId":"s"}"#, r#""sessionId":"s""#, Flaw::Torn),
    ] {
        let text = line(from, to);
        assert_eq!(read(text.as_bytes()), Line::Broken(flaw), "{text}");
    }
}

#[test]
fn unusual_but_sound_numbers_and_times_count() {
    assert_eq!(
        response(&line(r#""output_tokens":210"#, r#""output_tokens":210.0"#)).tokens.output,
        210
    );
    assert_eq!(
        response(&line(r#""cache_read_input_tokens":7"#, r#""cache_read_input_tokens":null"#))
            .tokens
            .cache_read,
        0
    );
    assert_eq!(response(&line("15:15:12.791Z", "16:15:12+01:00")).time, 1_795_360_512);
    let spaced = line("hi", "hi").replace("\":", "\" : ").replace(",\"", " ,\t\"");
    assert_eq!(response(&spaced).tokens.output, 210);
}

#[test]
fn reads_the_running_totals_of_a_session() {
    let text = r#"{"type":"cost-state","sessionId":"s","totalCostUSD":0.2,"startTime":1795360501152,"modelUsage":{"claude-sonnet-4-5-20250929[1m]":{"inputTokens":80,"outputTokens":1460,"cacheReadInputTokens":143300,"cacheCreationInputTokens":53700,"cacheCreationEphemeral5mInputTokens":53600,"cacheCreationEphemeral1hInputTokens":100,"costUSD":0.2}}}"#;
    let state = read_cost_state(text.as_bytes()).unwrap().unwrap();
    assert_eq!(state.start_ms, 1_795_360_501_152);
    assert_eq!(
        state.models,
        [(
            "claude-sonnet-4-5-20250929".to_owned(),
            TokenSums {
                input: 80,
                output: 1460,
                cache_creation_5m: 53_600,
                cache_creation_1h: 100,
                cache_read: 143_300
            }
        )]
    );
    assert_eq!(read_cost_state(br#"{"type":"user","text":"cost-state"}"#), Ok(None));
    assert_eq!(read_cost_state(br#"{"type":"cost-state","startTime":1}"#), Err(()));
    assert_eq!(read_cost_state(text.replace(":80,", ":-80,").as_bytes()), Err(()));
}

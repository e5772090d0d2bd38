//! Failed tests, exceptions and their stack traces.

use super::lines::{Hit, Lines, hit, join, place, undecorated};
use super::noise;

pub(super) fn read(lines: &Lines<'_>, at: usize) -> Option<Hit> {
    let raw = lines.get(at);
    if raw.len() > 4_000 {
        return None;
    }
    let line = raw.trim_start();
    rust_panic(lines, at, line)
        .or_else(|| numbered(lines, at, line))
        .or_else(|| go(lines, at, line))
        .or_else(|| pytest(lines, at, raw))
        .or_else(|| jest(lines, at, line))
        .or_else(|| traceback(lines, at, line))
        .or_else(|| beam(lines, at, line))
        .or_else(|| jvm(lines, at, line))
        .or_else(|| javascript(lines, at, line))
}

/// `thread 'x' panicked at src/a.rs:1:2:`, then the message, then `left:` and `right:`.
fn rust_panic(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let rest = line.strip_prefix("thread '")?;
    let (name, rest) = rest.split_once('\'')?;
    let (_, said) = rest.split_once("panicked at ")?;
    let name = if name == "main" { "" } else { name };
    if let Some(message) = said.strip_prefix('\'') {
        return hit(join(&[name, "panicked:", message]), at + 1);
    }
    let mut pieces = vec![name, "panicked at", said];
    let mut n = at + 1;
    while n < at + 6 {
        let next = lines.get(n).trim();
        if next.is_empty() || next.starts_with("note: ") || next.starts_with("stack backtrace") {
            break;
        }
        pieces.push(next);
        n += 1;
    }
    hit(join(&pieces), n)
}

/// ExUnit, rspec, mocha, PHPUnit: `  1) test name (Module)`, then place, message and values.
fn numbered(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let name = after_number(line).filter(|name| !name.is_empty())?;
    let mut pieces = vec![name];
    let mut said = false;
    let mut next = at + 1;
    while next < lines.all.len() && next < at + 25 {
        let line = lines.get(next).trim();
        if after_number(line).is_some() || noise::is_rule(line) || line.starts_with("stacktrace:") {
            break;
        }
        next += 1;
        if line.is_empty() {
            let announces = pieces.last().is_some_and(|p| p.ends_with(':'));
            if said && pieces.len() > 3 && !announces {
                break;
            }
            continue;
        }
        if noise::is_frame(line) || line.starts_with("# ") || pieces.len() >= 7 {
            if said {
                break;
            }
            continue;
        }
        let is_place = pieces.len() == 1 && place(line).is_some_and(|(_, rest)| rest.is_empty());
        said |= !is_place;
        pieces.push(line);
    }
    // A numbered list in prose has no message below it.
    let failing = pieces[1..].iter().any(|p| {
        noise::names_failure(p)
            || p.contains("rror")
            || p.contains("failed")
            || p.contains("Failed")
            || p.contains("xpected")
            || p.starts_with("** (")
            || p.starts_with("left:")
            || p.starts_with("Failure")
    });
    if !failing {
        return None;
    }
    let message =
        pieces.iter().skip(1).filter(|p| place(p).is_none_or(|(_, rest)| !rest.is_empty()));
    let cause = join(&message.copied().collect::<Vec<_>>());
    Some(Hit { text: join(&pieces), next, cause: Some(cause) })
}

/// What follows a number of at most four digits and `) `.
fn after_number(line: &str) -> Option<&str> {
    let digits = line.bytes().take(5).take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..)?.strip_prefix(") ");
    rest.filter(|_| (1..=4).contains(&digits))
}

/// `--- FAIL: TestX (0.00s)` with the first line under it, `panic: …`.
fn go(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    if let Some(rest) = line.strip_prefix("--- FAIL: ") {
        let name = rest.split(' ').next().unwrap_or(rest);
        let next = lines.get(at + 1);
        // A parent test is told by its subtests.
        if next.trim_start().starts_with("--- FAIL: ") {
            return None;
        }
        let why = if next.starts_with(' ') { next } else { "" };
        return hit(join(&["FAIL", name, why]), at + 2);
    }
    let rest = line.strip_prefix("panic: ")?;
    if line.len() == rest.len() || rest.starts_with("test timed out") && rest.is_empty() {
        return None;
    }
    let where_ = lines
        .find(at + 1, 30, |l| l.starts_with('\t') && !l.contains("/runtime/") && place(l).is_some())
        .map_or("", |n| lines.get(n));
    hit(join(&[line, where_]), at + 1)
}

/// pytest: its short summary when there is one, else the first `E   ` line of each failure.
fn pytest(lines: &Lines<'_>, at: usize, raw: &str) -> Option<Hit> {
    for head in ["FAILED ", "ERROR "] {
        if let Some(rest) = raw.strip_prefix(head)
            && rest.split(' ').next().is_some_and(|id| id.contains(".py"))
        {
            // A module that can't be collected has its reason further up only.
            let why = (!rest.contains(" - "))
                .then(|| (at.saturating_sub(400)..at).rev().map(|n| lines.get(n)))
                .and_then(|mut above| above.find_map(|l| l.strip_prefix("E  ")));
            return hit(join(&[raw, why.unwrap_or("").trim()]), at + 1);
        }
    }
    let said = raw.strip_prefix("E  ").filter(|rest| rest.starts_with(' '))?;
    let mut end = at + 1;
    while lines.get(end).starts_with("E  ") {
        end += 1;
    }
    // The summary lines below say it once more, with the test's name.
    if lines.pytest_list {
        return None;
    }
    let values = lines.get(at + 1).strip_prefix("E  ").filter(|_| end > at + 1).unwrap_or("");
    let where_ =
        lines.next_said(end, 3).map(|n| lines.get(n)).filter(|l| place(l).is_some()).unwrap_or("");
    hit(join(&[said, values, where_]), end)
}

/// `● suite › name`, vitest's ` FAIL  a.test.ts > suite > name`, and the message below.
fn jest(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let name = line.strip_prefix("● ").or_else(|| {
        line.strip_prefix("FAIL ").map(str::trim_start).filter(|rest| rest.contains(" > "))
    })?;
    if name.starts_with("Console") || name.contains("Deprecation") {
        return None;
    }
    let first = lines.next_said(at + 1, 4)?;
    let mut pieces = vec![name, undecorated(lines.get(first))];
    let mut next = first + 1;
    while next < lines.all.len() && next < first + 14 {
        let line = lines.get(next).trim();
        if line.starts_with("● ") || line.starts_with("FAIL ") {
            break;
        }
        if line.starts_with("Expected")
            || line.starts_with("Received")
            || line.starts_with("+ ") && pieces.len() < 5
            || line.starts_with("- ") && pieces.len() < 5
        {
            if pieces.len() < 5 {
                pieces.push(line);
            }
        } else if noise::is_frame(line) {
            break;
        }
        next += 1;
    }
    hit(join(&pieces), next)
}

/// Python: the last line of a traceback, with the last frame.
fn traceback(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    if !line.starts_with("Traceback (most recent call last)") {
        return None;
    }
    let indent = lines.get(at).len() - line.len();
    // The last frame outside of libraries, else the last.
    let mut frame = "";
    let mut own = "";
    let mut n = at + 1;
    while n < lines.all.len().min(at + 2_000) {
        let raw = lines.get(n);
        let bare = raw.trim_start();
        if bare.starts_with("File \"") {
            frame = bare;
            if !is_library(bare) {
                own = bare;
            }
        } else if !bare.is_empty() && raw.len() - bare.len() <= indent {
            // A chained exception tells the rest: the last one is what was seen.
            let chained = lines
                .find(n + 1, 4, |l| {
                    l.starts_with("During handling") || l.starts_with("The above exception")
                })
                .and_then(|c| lines.find(c + 1, 4, |l| l.starts_with("Traceback")));
            if let Some(next) = chained {
                return traceback_chain(lines, next);
            }
            let frame = if own.is_empty() { frame } else { own };
            return hit(join(&[bare, &python_frame(frame)]), n + 1);
        }
        n += 1;
    }
    None
}

/// The last of a chain of tracebacks, without recursion over long chains.
fn traceback_chain(lines: &Lines<'_>, from: usize) -> Option<Hit> {
    let mut at = from;
    let mut last = None;
    loop {
        let end = lines.find(at + 1, 400, |l| !l.is_empty() && !l.starts_with(' '))?;
        let frame =
            (at..end).rev().map(|n| lines.get(n).trim_start()).find(|l| l.starts_with("File \""));
        last = hit(join(&[lines.get(end), &python_frame(frame.unwrap_or(""))]), end + 1).or(last);
        match lines.find(end + 1, 6, |l| l.starts_with("Traceback")) {
            Some(next) => at = next,
            None => return last,
        }
    }
}

fn is_library(frame: &str) -> bool {
    ["site-packages", "/lib/python", "<frozen", "dist-packages", "<string>"]
        .iter()
        .any(|l| frame.contains(l))
}

/// `File "a/b.py", line 3, in f` as `(a/b.py:3 in f)`.
fn python_frame(frame: &str) -> String {
    let Some((file, rest)) = frame.strip_prefix("File \"").and_then(|f| f.split_once('"')) else {
        return String::new();
    };
    let rest = rest.trim_start_matches(", line ");
    let (line, function) = rest.split_once(", ").unwrap_or((rest, ""));
    format!("({file}:{line} {function})").replace(" )", ")")
}

/// Elixir and Erlang: `** (Mix) …`, with the innermost `** (…)` under it and its value.
fn beam(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    line.strip_prefix("** (").filter(|rest| rest.contains(") ") || rest.ends_with(')'))?;
    let mut inner = at;
    let mut n = at + 1;
    while n < lines.all.len() && n < at + 12 {
        let bare = lines.get(n).trim_start();
        if bare.starts_with("** (") && lines.get(n).starts_with(' ') {
            inner = n;
        } else if noise::is_frame(bare) {
            break;
        }
        n += 1;
    }
    let said = lines.with_value(inner);
    if inner == at {
        return hit(format!("** {}", said.trim_start_matches("** ")), at + 1);
    }
    hit(join(&[line, "…", &said]), inner + 1)
}

/// `Exception in thread "main" java.lang.X: …`, `Caused by: …`, `java.lang.AssertionError: …`.
fn jvm(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let next = lines.get(at + 1).trim_start();
    let framed = next.starts_with("at ") && next.contains('(');
    let named = line.starts_with("Exception in thread")
        || line.starts_with("Caused by: ")
        || framed
            && line.split([':', ' ']).next().is_some_and(|class| {
                class.contains('.') && (class.ends_with("Exception") || class.ends_with("Error"))
            });
    if !named {
        return None;
    }
    let mut n = at + 1;
    let mut frame = "";
    while noise::is_frame(lines.get(n)) {
        let bare = lines.get(n).trim_start();
        let library = ["at java.", "at jdk.", "at sun.", "at org.junit", "at kotlin."]
            .iter()
            .any(|l| bare.starts_with(l));
        if frame.is_empty() && !library {
            frame = bare;
        }
        n += 1;
    }
    hit(join(&[line, frame]), n)
}

/// `TypeError: x is not a function` and the first frame outside of packages.
fn javascript(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let bare = undecorated(line);
    let bare = bare.strip_prefix("Uncaught ").unwrap_or(bare);
    let bare = bare.strip_prefix("[eval]: ").unwrap_or(bare);
    let head = bare.split([':', ' ', '[']).next().unwrap_or("");
    if !head.ends_with("Error")
        || !head.starts_with(|c: char| c.is_ascii_uppercase())
        || !bare.contains(':')
    {
        return None;
    }
    // A bundler's sum of what stands above it.
    if bare.starts_with("Error: Build failed with ") {
        return None;
    }
    let frames = lines.find(at + 1, 12, |l| l.trim_start().starts_with("at "));
    // Without a trace the line must be the error and nothing else.
    if frames.is_none() && (line != lines.get(at) || head == "Error" && bare.len() < 12) {
        return None;
    }
    let own = frames.and_then(|from| {
        lines.find(from, 12, |l| {
            l.trim_start().starts_with("at ")
                && !["node_modules", "node:", "<anonymous>)"].iter().any(|lib| l.contains(lib))
        })
    });
    let mut next = frames.unwrap_or(at) + 1;
    while noise::is_frame(lines.get(next)) {
        next += 1;
    }
    let frame = own.map_or("", |n| lines.get(n));
    hit(join(&[bare, frame]), next.max(at + 1))
}

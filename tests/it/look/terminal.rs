//! On a real terminal: pager and colours.

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::home::{Home, REJOIN};

/// What `rejoin` writes to a terminal of 80 columns.
fn on_terminal(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pty = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(REJOIN);
    command.env_clear();
    command.args(arguments);
    command.cwd(home.shop());
    for (name, value) in [
        ("HOME", home.path("home").to_str().unwrap()),
        ("REJOIN_HOME", home.path("state").to_str().unwrap()),
        ("PATH", &std::env::var("PATH").unwrap()),
        ("TERM", "xterm-256color"),
    ]
    .iter()
    .chain(variables)
    {
        command.env(name, value);
    }
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        // The terminal's end is an error on some systems.
        drop(reader.read_to_end(&mut text));
        drop(send.send(text));
    });
    assert!(child.wait().unwrap().success());
    let text = receive.recv_timeout(Duration::from_secs(30)).unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_pager_shows_what_is_long_on_a_terminal_only() {
    let home = Home::new();
    // It marks every line that goes through it.
    let pager = [("PAGER", "sed -e 's/^/paged: /'")];
    let list = ["config", "list"];
    let shown = on_terminal(&home, &list, &pager);
    assert!(shown.contains("paged: ") && shown.contains("thresholds.caution"), "{shown}");
    let shown = on_terminal(&home, &["config", "list", "--no-pager"], &pager);
    assert!(!shown.contains("paged: ") && shown.contains("thresholds.caution"), "{shown}");
    let shown = on_terminal(&home, &["config", "list", "--json"], &pager);
    assert!(!shown.contains("paged: "), "{shown}");
    for none in ["", "cat", "no-such-pager -x"] {
        let shown = on_terminal(&home, &list, &[("PAGER", none)]);
        assert!(shown.contains("thresholds.caution"), "{none}: {shown}");
    }
    let own = [("PAGER", "false"), ("REJOIN_PAGER", "sed -e 's/^/own: /'")];
    assert!(on_terminal(&home, &list, &own).contains("own: "));
    // One that leaves at once is no error.
    on_terminal(&home, &list, &[("PAGER", "true")]);
    let piped = home.run_with(|command| command.args(list).env("PAGER", "sed -e 's/^/paged: /'"));
    assert!(!piped.stdout.contains("paged: "));
}

#[test]
fn colours_are_for_terminals_and_those_who_want_them() {
    let home = Home::new();
    let list = ["config", "list", "--no-pager"];
    assert!(on_terminal(&home, &list, &[]).contains("\u{1b}["));
    assert!(!on_terminal(&home, &list, &[("NO_COLOR", "1")]).contains("\u{1b}["));
    assert!(!home.run(&list).stdout.contains('\u{1b}'));
    // Through a pager, too.
    let pager = [("PAGER", "sed -e 's/^/paged: /'")];
    assert!(on_terminal(&home, &["config", "list"], &pager).contains("\u{1b}["));
}

#[test]
#[cfg(unix)]
fn an_interruption_is_the_pagers() {
    use crate::claude::Terminal;
    use std::ffi::OsString;
    use std::num::NonZero;
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    // It waits without a call that blocks: a shell that is told just before one hears of it just after.
    let pager = home.write(
        "home/pager",
        "#!/bin/sh\ntrap 'echo it was told; told=yes' INT\ncat > /dev/null\n\
         echo \"ready $LESS $LESSCHARSET\"\n[ \"$LESS\" = FRX ] || told=yes\n\
         until [ \"$told\" ]; do :; done\nread answer < /dev/tty\necho \"left by $answer\"\n",
    );
    std::fs::set_permissions(&pager, std::fs::Permissions::from_mode(0o755)).unwrap();
    let start = |pager: &str, more: &[(&str, &str)]| {
        let command = home.command(REJOIN);
        let set = command.get_envs().filter_map(|(name, value)| Some((name.into(), value?.into())));
        let mut environment: Vec<(OsString, OsString)> = set.collect();
        environment.push(("TERM".into(), "xterm-256color".into()));
        environment.push(("PAGER".into(), pager.into()));
        environment.extend(more.iter().map(|(name, value)| (name.into(), value.into())));
        let arguments = ["config".into(), "list".into()];
        let size = (NonZero::new(24).unwrap(), NonZero::new(80).unwrap());
        Terminal::start(REJOIN, &arguments, &home.shop(), &environment, size)
    };
    // Started on its own, and by a shell.
    let plain = pager.to_str().unwrap();
    for pager in [plain.to_owned(), format!("'{plain}'")] {
        let mut terminal = start(&pager, &[]);
        terminal.wait_for("ready FRX utf-8");
        terminal.keys("\u{3}");
        terminal.wait_for("it was told");
        terminal.keys("somebody\r");
        let (screen, code) = terminal.end();
        assert_eq!((code, screen.contains("left by somebody")), (0, true), "{pager}: {screen}");
    }
    // What the user set for `less` stays.
    let mut terminal = start(plain, &[("LESS", "-i"), ("LESSCHARSET", "latin1")]);
    terminal.wait_for("ready -i latin1");
    terminal.keys("q\r");
    assert_eq!(terminal.end().1, 0);
}

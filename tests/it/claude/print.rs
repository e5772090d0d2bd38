//! `claude -p`: one prompt, no terminal.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use super::kill;
use crate::api::PATIENCE;

/// A run that may still go on.
pub(crate) struct Running {
    child: Option<Child>,
    pid: u32,
}

/// What a finished run left.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    pub(super) fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("claude can be started");
        let pid = child.id();
        Self { child: Some(child), pid }
    }

    /// Ends it like a crash and waits until it is gone.
    pub(crate) fn kill(mut self) {
        kill(self.pid);
        if let Some(mut child) = self.child.take() {
            child.wait().expect("a killed child can be waited for");
        }
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Output {
        let mut child = self.child.take().expect("a run is finished once");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut stderr_pipe = child.stderr.take();
            let errors = std::thread::spawn(move || {
                let mut text = String::new();
                stderr_pipe.as_mut().map(|pipe| pipe.read_to_string(&mut text));
                text
            });
            let mut stdout = String::new();
            child.stdout.as_mut().map(|pipe| pipe.read_to_string(&mut stdout));
            let status = child.wait();
            let stderr = errors.join().unwrap_or_default();
            let code = status.ok().and_then(|status| status.code());
            drop(sender.send(Output { code, stdout, stderr }));
        });
        receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            kill(self.pid);
            panic!("claude -p did not come to its end");
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

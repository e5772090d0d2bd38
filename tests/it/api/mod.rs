//! A scripted stand-in for the Messages API, on loopback.
//!
//! A test says what the model answers, turn by turn, and looks at what reached the API. Nothing here waits for a fixed
//! time: a reply can be held by a [`Gate`] until the test opens it, and a test can wait until a request has arrived.

mod http;
mod message;
mod request;
mod turn;

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub(crate) use request::{Class, Request};
pub(crate) use turn::{Gate, Turn};

use turn::Reply;

/// How long a test waits for something that must happen before it gives up: many times what it takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The server. It ends with this value; replies still held are then given up.
pub(crate) struct Api {
    shared: Arc<Shared>,
    address: SocketAddr,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    closing: AtomicBool,
}

#[derive(Default)]
struct State {
    scripts: HashMap<Class, VecDeque<Turn>>,
    requests: Vec<Request>,
}

impl Api {
    /// A server without a script: every request gets a canned answer.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            closing: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.closing.load(Ordering::Relaxed) {
                    break;
                }
                let shared = Arc::clone(&serving);
                // A client that goes away in the middle (Esc, a kill) is part of the tests.
                std::thread::spawn(move || shared.serve(&stream).ok());
            }
        });
        Self { shared, address }
    }

    /// A server that answers the main conversation with `turns`, in order.
    pub(crate) fn scripted(turns: impl IntoIterator<Item = Turn>) -> Self {
        let api = Self::start();
        for turn in turns {
            api.reply(turn);
        }
        api
    }

    /// Where clients find it, as `ANTHROPIC_BASE_URL` wants it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a turn to the main conversation's script.
    pub(crate) fn reply(&self, turn: Turn) {
        self.reply_to(Class::Main, turn);
    }

    /// Adds a turn to the script of one class of requests.
    pub(crate) fn reply_to(&self, class: Class, turn: Turn) {
        let mut state = self.shared.state.lock().expect("no holder panics");
        state.scripts.entry(class).or_default().push_back(turn);
    }

    /// All requests of a class so far, oldest first.
    pub(crate) fn requests(&self, class: Class) -> Vec<Request> {
        let state = self.shared.state.lock().expect("no holder panics");
        state.requests.iter().filter(|request| request.class == class).cloned().collect()
    }

    /// The `n`th request of a class, counted from 1, as soon as it has arrived (its reply may still be held).
    pub(crate) fn wait_for(&self, class: Class, n: usize) -> Request {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.state.lock().expect("no holder panics");
        loop {
            let mut of_class = state.requests.iter().filter(|request| request.class == class);
            if let Some(request) = of_class.nth(n - 1) {
                return request.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let seen: Vec<_> = state.requests.iter().map(|request| request.class).collect();
                panic!("request {n} of class {class:?} never came; seen: {seen:?}");
            }
            state = self.shared.changed.wait_timeout(state, left).expect("no holder panics").0;
        }
    }

    /// The `n`th request of the main conversation, counted from 1.
    pub(crate) fn main(&self, n: usize) -> Request {
        self.wait_for(Class::Main, n)
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees the flag.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let Some(received) = http::receive(stream)? else { return Ok(()) };
        let (number, turn) = self.record(Request::new(received));
        let Some((class, request, turn)) =
            turn.map(|(request, turn)| (request.class, request, turn))
        else {
            return http::send_json(
                stream,
                404,
                &message::error("not_found_error", "no such path"),
            );
        };
        if class == Class::CountTokens {
            return http::send_json(stream, 200, &serde_json::json!({ "input_tokens": 1000 }));
        }
        if let Some(gate) = &turn.gate {
            gate.wait();
        }
        match &turn.reply {
            Reply::Error { status, kind, message } => {
                http::send_json(stream, *status, &message::error(kind, message))
            }
            Reply::Message(_) | Reply::Dropped(_) => message::send(stream, &request, number, &turn),
        }
    }

    /// Notes a request and takes the turn that answers it; `None` for a path that the API does not have.
    fn record(&self, request: Request) -> (usize, Option<(Request, Turn)>) {
        let mut state = self.state.lock().expect("no holder panics");
        let turn = (request.class != Class::Other).then(|| {
            let script = state.scripts.entry(request.class).or_default();
            (request.clone(), script.pop_front().unwrap_or_else(|| Turn::canned(request.class)))
        });
        state.requests.push(request);
        self.changed.notify_all();
        (state.requests.len(), turn)
    }
}

//! As much HTTP/1.1 as Claude Code needs: one request per connection, replies with a length or in chunks.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};

use serde_json::Value;

/// A request as it came over the wire.
pub(super) struct Received {
    pub(super) method: String,
    pub(super) path: String,
    /// Names in lower case; credentials are left out.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// Reads one request; `None` when the connection is closed before one begins.
pub(super) fn receive(stream: &TcpStream) -> io::Result<Option<Received>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    headers.retain(|name, _| name != "x-api-key" && name != "authorization");
    let path = target.split('?').next().unwrap_or_default().to_owned();
    Ok(Some(Received { method, path, headers, body }))
}

/// Sends a whole JSON reply.
pub(super) fn send_json(mut stream: &TcpStream, status: u16, body: &Value) -> io::Result<()> {
    let body = body.to_string();
    write!(
        stream,
        "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.shutdown(Shutdown::Write)
}

/// A reply of server-sent events, in chunks: one that breaks off is seen as such.
pub(super) struct Events<'a>(&'a TcpStream);

impl<'a> Events<'a> {
    pub(super) fn begin(mut stream: &'a TcpStream) -> io::Result<Self> {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\
             connection: close\r\n\r\n"
        )?;
        Ok(Self(stream))
    }

    /// Sends one event; its name is the data's `type`.
    pub(super) fn send(&mut self, data: &Value) -> io::Result<()> {
        let event = format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or("?"));
        write!(self.0, "{:x}\r\n{event}\r\n", event.len())
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        write!(self.0, "0\r\n\r\n")?;
        self.0.shutdown(Shutdown::Write)
    }

    /// Closes the connection in the middle of the reply.
    pub(super) fn break_off(self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Both)
    }
}

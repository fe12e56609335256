//! What the terminal shows at the start. Nothing here is secret but the link, which works once.

use std::io::Write;
use std::net::TcpListener;

use tidegate_client::Fingerprint;
use tidegate_core::Secret;
use tidegate_gateway::Tls;

use crate::compose;
use crate::config::Loaded;
use crate::logging::LogFile;
use crate::output::Screen;

/// Said by whoever serves, when it does.
pub(crate) struct Ready {
    /// A code that lets the page in once; none if there is no page.
    pub(crate) code: Option<Secret<String>>,
}

/// A line for the user on stderr, before there is a log.
pub(super) fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "tidegate: {text}");
}

/// The lines at the start.
pub(super) struct Lines {
    made: Vec<String>,
    sockets: Vec<String>,
    page: String,
    fingerprint: Option<Fingerprint>,
    /// Knows the flags that lead back here.
    screen: Screen,
    rest: Vec<(&'static str, String)>,
}

impl Lines {
    pub(super) fn new(
        loaded: &Loaded,
        made: Vec<String>,
        listeners: &[TcpListener],
        webchat: &[TcpListener],
        tls: Option<&Tls>,
        log: &LogFile,
        screen: Screen,
    ) -> Self {
        let addresses: Vec<_> = listeners
            .iter()
            .filter_map(|listener| listener.local_addr().ok())
            .collect();
        let page = webchat
            .first()
            .or(listeners.first())
            .and_then(|listener| listener.local_addr().ok());
        let (socket, page_scheme) = if tls.is_some() {
            ("wss", "https")
        } else {
            ("ws", "http")
        };
        let mut rest = vec![
            ("state", loaded.state_dir.display().to_string()),
            ("logs", log.current_path().display().to_string()),
        ];
        if loaded.config.models.providers.is_empty() {
            let how = format!(
                "edit {}, its comments show how, and restart",
                loaded.config_path.display()
            );
            rest.push((
                "agent",
                format!("offline: no model is connected. Connect a model: {how}"),
            ));
        }
        if let Some(model) = &loaded.config.agents.defaults.model.primary {
            rest.push(("agent", model.clone()));
        }
        if let Some(problem) = compose::fence::problem(loaded) {
            rest.push(("programs", problem));
        }
        Self {
            made,
            sockets: addresses
                .iter()
                .map(|address| format!("{socket}://{address}"))
                .collect(),
            // Loopback is among the addresses whatever the binding.
            page: format!(
                "{page_scheme}://127.0.0.1:{}/",
                page.map_or(0, |address| address.port())
            ),
            fingerprint: tls.and_then(|tls| tls.fingerprint().parse().ok()),
            screen,
            rest,
        }
    }

    /// With where canvases alone are shown, if they have a port of their own. Loopback is among its
    /// addresses whatever the binding.
    pub(super) fn with_canvas(mut self, canvas: &[TcpListener], tls: bool) -> Self {
        let address = canvas.first().and_then(|one| one.local_addr().ok());
        if let Some(address) = address {
            let scheme = if tls { "https" } else { "http" };
            let port = address.port();
            let line =
                format!("{scheme}://127.0.0.1:{port}/ (pages of agents; tidegate canvas open)");
            self.rest.insert(0, ("canvas", line));
        }
        self
    }

    fn text(&self, ready: &Ready) -> String {
        let mut lines: Vec<(&str, String)> = Vec::new();
        lines.extend(self.made.iter().map(|made| ("made", made.clone())));
        lines.extend(
            self.sockets
                .iter()
                .map(|socket| ("listening", socket.clone())),
        );
        if let Some(fingerprint) = &self.fingerprint {
            lines.push(("tls", format!("certificate {fingerprint}")));
        }
        if let Some(code) = &ready.code {
            lines.push(("webchat", format!("{}#code={}", self.page, code.expose())));
            lines.push((
                "",
                "(works once, for 10 minutes; for another: tidegate dashboard)".to_owned(),
            ));
        }
        lines.extend(self.rest.iter().cloned());
        lines.iter().fold(String::new(), |all, (name, text)| {
            all + &format!("{name:<10} {}\n", self.screen.here(text))
        })
    }

    /// Prints them without waiting: whoever reads our output may be stuck (F35).
    pub(super) fn print(&self, ready: &Ready) {
        let text = Secret::new(self.text(ready));
        let write = move || {
            let mut out = std::io::stdout();
            let _ = out
                .write_all(text.expose().as_bytes())
                .and_then(|()| out.flush());
        };
        let _ = std::thread::Builder::new()
            .name("first-lines".to_owned())
            .spawn(write);
    }
}

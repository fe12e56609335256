//! `system.notify`: a notification on the desktop of whoever sits at this machine, by
//! `notify-send` (org.freedesktop.Notifications).

use std::path::PathBuf;

use async_trait::async_trait;
use tidegate_protocol::api::commands::Done;
use tidegate_protocol::api::commands::system::{SystemNotify, SystemNotifyParams};

use crate::call::Call;
use crate::failure::Failure;
use crate::programs::{Programs, in_session};
use crate::table::Serve;

/// The name that the desktop shows.
const APP: &str = "Tidegate";

pub(crate) struct Notify {
    programs: Programs,
    notify_send: PathBuf,
}

impl Notify {
    /// If there is a program for it and a session to show it in.
    pub(crate) fn find(programs: &Programs) -> Option<Self> {
        let notify_send = Programs::find(&["notify-send"])?;
        session_bus().then(|| Self {
            programs: programs.clone(),
            notify_send,
        })
    }
}

#[async_trait]
impl Serve<SystemNotify> for Notify {
    // A desktop has one place for notifications, so `delivery` changes nothing here.
    async fn serve(&self, params: SystemNotifyParams, call: &Call) -> Result<Done, Failure> {
        let program = self.notify_send.to_string_lossy().into_owned();
        let argv = in_session(words(program, params)?);
        self.programs.done(argv, call.left(), &call.stop).await?;
        Ok(Done { ok: Some(true) })
    }
}

fn session_bus() -> bool {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || runtime.is_some_and(|folder| folder.join("bus").exists())
}

fn words(program: String, params: SystemNotifyParams) -> Result<Vec<String>, Failure> {
    let title = params.title.unwrap_or_default();
    let body = params.body.unwrap_or_default();
    if title.trim().is_empty() && body.trim().is_empty() {
        return Err(Failure::invalid("title or body: something to show"));
    }
    let urgency = match params.priority.as_deref() {
        Some("passive") => "low",
        None | Some("active") => "normal",
        Some("timeSensitive") => "critical",
        Some(_) => {
            return Err(Failure::invalid(
                "priority: passive, active or timeSensitive",
            ));
        }
    };
    let mut argv = vec![
        program,
        format!("--app-name={APP}"),
        format!("--urgency={urgency}"),
    ];
    if let Some(sound) = params.sound.filter(|name| !name.is_empty()) {
        argv.push(format!("--hint=string:sound-name:{sound}"));
    }
    let title = if title.trim().is_empty() {
        APP.to_owned()
    } else {
        title
    };
    argv.extend(["--".to_owned(), title, escaped(&body)]);
    Ok(argv)
}

/// A body may be simple markup: what was sent is text.
fn escaped(body: &str) -> String {
    body.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(title: &str, body: &str) -> SystemNotifyParams {
        SystemNotifyParams {
            title: Some(title.into()),
            body: Some(body.into()),
            ..SystemNotifyParams::default()
        }
    }

    #[test]
    fn words_are_text_and_never_options_or_markup() {
        let argv = words("p".into(), params("--help", "<b>1 & 2</b>")).unwrap();
        assert_eq!(
            argv,
            [
                "p",
                "--app-name=Tidegate",
                "--urgency=normal",
                "--",
                "--help",
                "&lt;b&gt;1 &amp; 2&lt;/b&gt;"
            ]
        );
        assert!(words("p".into(), params(" ", "")).is_err());
        let odd = SystemNotifyParams {
            priority: Some("loud".into()),
            ..params("a", "b")
        };
        assert!(words("p".into(), odd).is_err());
    }
}

//! What may be loaded: the web over https, the gateway's canvas at its secret address, and the
//! A2UI page, which comes from this program itself. Never a file of this machine, nor a plain
//! address of the network around it.

/// Where the A2UI page seems to be. The name is of no network (RFC 6761), and nothing is asked
/// there: the host answers itself.
pub(super) const A2UI: &str = "https://a2ui.invalid/";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be loaded.
    Load,
    /// A file of the A2UI page, by its name.
    Own,
    /// It may not.
    Refuse,
}

/// Judges an address. `canvas` is the gateway's canvas address, without a slash at its end.
pub(super) fn judge(url: &str, canvas: Option<&str>) -> Verdict {
    let url = url.split('#').next().unwrap_or_default();
    if url.starts_with(A2UI) {
        return Verdict::Own;
    }
    let harmless = ["about:", "data:", "blob:"];
    if url.starts_with("https://")
        || harmless.iter().any(|scheme| url.starts_with(scheme))
        || canvas.is_some_and(|base| is_below(url, base))
    {
        return Verdict::Load;
    }
    Verdict::Refuse
}

/// Whether a page is the agent's: the A2UI page, or one of the gateway's canvas. What people do on
/// others is not the agent's business.
pub(super) fn is_agents(url: &str, canvas: Option<&str>) -> bool {
    url.starts_with(A2UI) || canvas.is_some_and(|base| is_below(url, base))
}

fn is_below(url: &str, base: &str) -> bool {
    url.strip_prefix(base)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// Whether somebody may lead the canvas there: pages with an address of their own.
pub(super) fn may_lead_to(url: &str, canvas: Option<&str>) -> bool {
    let has_blanks = url.chars().any(|c| c.is_whitespace() || c.is_control());
    let page = url.starts_with("https://") || url.starts_with("http://");
    page && !has_blanks && judge(url, canvas) == Verdict::Load
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: &str = "http://127.0.0.1:18793/__openclaw__/cap/secret";

    #[test]
    fn the_web_and_the_own_canvas() {
        for url in [
            "https://example.org/",
            "https://example.org/a?b#c",
            CANVAS,
            "http://127.0.0.1:18793/__openclaw__/cap/secret/canvas/index.html",
            "http://127.0.0.1:18793/__openclaw__/cap/secret?x",
        ] {
            assert!(may_lead_to(url, Some(CANVAS)), "{url}");
        }
        for url in [
            "",
            "http://example.org/",
            "http://127.0.0.1:18789/",
            "http://127.0.0.1:18793/__openclaw__/cap/other/canvas/",
            "http://127.0.0.1:18793/__openclaw__/cap/secrets/canvas/",
            "http://127.0.0.1:18793@evil.example/__openclaw__/cap/secret/",
            "HTTPS://example.org/",
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "view-source:https://example.org/",
            "chrome://version",
            "devtools://devtools/bundled/inspector.html",
            "javascript:alert(1)",
            "data:text/html,hello",
            "blob:https://example.org/1",
            "about:blank",
            "ftp://example.org/",
            "https://a2ui.invalid/",
            "https://exa mple.org/",
            "https://example.org/\n",
        ] {
            assert!(!may_lead_to(url, Some(CANVAS)), "{url}");
        }
        assert!(!may_lead_to(CANVAS, None));
    }

    #[test]
    fn the_agent_s_pages_and_those_of_others() {
        for url in [
            CANVAS,
            "http://127.0.0.1:18793/__openclaw__/cap/secret/canvas/",
            "https://a2ui.invalid/",
        ] {
            assert!(is_agents(url, Some(CANVAS)), "{url}");
        }
        for url in [
            "",
            "about:blank",
            "https://example.org/",
            "https://a2ui.invalid.example/",
            "http://127.0.0.1:18793/__openclaw__/cap/secrets/",
        ] {
            assert!(!is_agents(url, Some(CANVAS)), "{url}");
        }
        assert!(!is_agents(CANVAS, None));
    }

    #[test]
    fn parts_of_a_page() {
        for (url, verdict) in [
            ("https://a2ui.invalid/a2ui.js", Verdict::Own),
            ("https://a2ui.invalid.example/", Verdict::Load),
            ("data:image/png;base64,AA", Verdict::Load),
            ("http://192.168.1.1/", Verdict::Refuse),
            ("file:///etc/passwd", Verdict::Refuse),
            (
                "http://127.0.0.1:18793/__openclaw__/cap/secret/a.js",
                Verdict::Load,
            ),
        ] {
            assert_eq!(judge(url, Some(CANVAS)), verdict, "{url}");
        }
    }
}

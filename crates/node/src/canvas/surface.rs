//! The canvas: what it shows, kept while the browser is away.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::a2ui::{Drawn, Outcome};
use super::allowed::may_lead_to;
use super::browser::Chromium;
use super::page::Page;
use crate::call::Call;
use crate::failure::Failure;

/// Size of the window that nobody chose, in points.
const SIZE: (u32, u32) = (1280, 800);
/// Smallest and largest side, in points.
const SIDE: (f64, f64) = (64.0, 8_192.0);

/// The canvas of this node.
pub(crate) struct Canvas {
    chromium: Chromium,
    surface: Mutex<Surface>,
}

/// Where it is led.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Shown {
    /// Nothing yet.
    #[default]
    Blank,
    /// The A2UI page.
    A2ui,
    /// A page of the web.
    Web(String),
    /// A page of the gateway's canvas, by its path there: the address changes.
    Canvas(String),
}

/// What it shows.
#[derive(Default)]
pub(super) struct Surface {
    /// The browser, while the canvas is shown.
    page: Option<Page>,
    shown: Shown,
    drawn: Drawn,
    size: Option<(u32, u32)>,
}

impl Canvas {
    pub(crate) fn new(chromium: Chromium) -> Self {
        Self {
            chromium,
            surface: Mutex::default(),
        }
    }

    /// One command at a time.
    pub(super) async fn surface(&self) -> MutexGuard<'_, Surface> {
        self.surface.lock().await
    }

    /// Shows it: starts a browser if there is none, and leads it where it was.
    pub(super) async fn show(&self, surface: &mut Surface, call: &Call) -> Result<(), Failure> {
        if let Ok(page) = surface.page() {
            page.tell_to(&call.gateway);
            return Ok(());
        }
        surface.page = None;
        let page = Page::open(&self.chromium).await?;
        page.tell_to(&call.gateway);
        let (width, height) = surface.size.unwrap_or(SIZE);
        page.resize(width, height).await?;
        let shown = surface.shown.clone();
        surface.page = Some(page);
        surface.restore(shown, call).await
    }

    /// Leads it somewhere and shows it.
    pub(super) async fn lead(
        &self,
        surface: &mut Surface,
        url: &str,
        call: &Call,
    ) -> Result<(), Failure> {
        let shown = read(url)?;
        let before = std::mem::take(&mut surface.shown);
        let done = async {
            self.show(surface, call).await?;
            surface.restore(shown, call).await
        };
        let done = done.await;
        if done.is_err() {
            surface.shown = before;
        }
        done
    }

    /// Draws with messages on the A2UI page.
    pub(super) async fn draw(
        &self,
        surface: &mut Surface,
        batch: Vec<Value>,
        call: &Call,
    ) -> Result<(), Failure> {
        surface.drawn.has_room(&batch)?;
        self.show(surface, call).await?;
        if surface.shown != Shown::A2ui {
            surface.restore(Shown::A2ui, call).await?;
        }
        let outcome = surface.apply(&batch, call.left()).await?;
        surface.drawn.keep(batch, &outcome);
        outcome.verdict()
    }
}

impl Surface {
    /// The page, if the canvas is shown.
    pub(super) fn page(&self) -> Result<&Page, Failure> {
        let page = self.page.as_ref().filter(|page| page.is_alive());
        page.ok_or_else(|| {
            Failure::unavailable("the canvas is hidden; show it first (canvas.present)")
        })
    }

    /// Hides it: the browser ends, what was shown is kept.
    pub(super) fn hide(&mut self) {
        self.page = None;
    }

    /// Chooses the size of the window.
    pub(super) async fn place(
        &mut self,
        width: Option<f64>,
        height: Option<f64>,
    ) -> Result<(), Failure> {
        let old = self.size.unwrap_or(SIZE);
        let size = (side(width, old.0)?, side(height, old.1)?);
        self.size = Some(size);
        if let Ok(page) = self.page() {
            page.resize(size.0, size.1).await?;
        }
        Ok(())
    }

    /// Takes away what was drawn.
    pub(super) async fn clear(&mut self, within: Duration) -> Result<(), Failure> {
        self.drawn.reset();
        if self.shown == Shown::A2ui
            && let Ok(page) = self.page()
        {
            page.eval("tidegateA2UI.reset()", within).await?;
        }
        Ok(())
    }

    async fn restore(&mut self, shown: Shown, call: &Call) -> Result<(), Failure> {
        let page = self.page()?;
        match &shown {
            Shown::Blank => {}
            Shown::A2ui => {
                page.go_to_a2ui().await?;
                if !self.drawn.messages().is_empty() {
                    self.apply(self.drawn.messages(), call.left()).await?;
                }
            }
            Shown::Web(url) => lead_to(page, url, call).await?,
            Shown::Canvas(path) => {
                let base = call.gateway.canvas_address().await;
                let base = base.ok_or_else(|| {
                    Failure::unavailable("the gateway has no canvas for this node")
                })?;
                let base = base.trim_end_matches('/').to_owned();
                page.allow(Some(base.clone()));
                page.go(&format!("{base}{path}")).await?;
            }
        }
        self.shown = shown;
        Ok(())
    }

    async fn apply(&self, messages: &[Value], within: Duration) -> Result<Outcome, Failure> {
        let expression = format!("tidegateA2UI.applyMessages({})", json!(messages));
        let said = self.page()?.eval(&expression, within).await?;
        serde_json::from_value(said)
            .map_err(|_| Failure::unavailable("the A2UI page gave no answer"))
    }
}

/// An address with a scheme, or a path on the gateway's canvas.
fn read(url: &str) -> Result<Shown, Failure> {
    if url.is_empty() || url == "/" {
        return Ok(Shown::Canvas("/".to_owned()));
    }
    let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    if url.starts_with('/') && !url.starts_with("//") && plain {
        return Ok(Shown::Canvas(url.to_owned()));
    }
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(Shown::Web(url.to_owned()));
    }
    Err(Failure::invalid(
        "url: an address with https://, or a path on the gateway's canvas",
    ))
}

/// A whole address may also be that of the gateway's canvas, with the capability in it.
async fn lead_to(page: &Page, url: &str, call: &Call) -> Result<(), Failure> {
    if !may_lead_to(url, None) {
        let base = call.gateway.canvas_address().await;
        let origin = base.as_deref().and_then(capability_prefix);
        let own = origin.and_then(|origin| capability_base(url, origin));
        let Some(own) = own.filter(|own| may_lead_to(url, Some(own))) else {
            return Err(Failure::forbidden(
                "url: only https, and the gateway's own canvas",
            ));
        };
        page.allow(Some(own));
    }
    page.go(url).await
}

/// The address up to the capability: `http://host:port/family/cap/`.
fn capability_prefix(base: &str) -> Option<&str> {
    let end = base.find("/cap/")? + "/cap/".len();
    base.get(..end)
}

/// The address with its capability, if it begins as ours do.
fn capability_base(url: &str, prefix: &str) -> Option<String> {
    let token = url.strip_prefix(prefix)?.split(['/', '?', '#']).next()?;
    (!token.is_empty()).then(|| format!("{prefix}{token}"))
}

fn side(wanted: Option<f64>, old: u32) -> Result<u32, Failure> {
    let Some(wanted) = wanted else {
        return Ok(old);
    };
    if !(SIDE.0..=SIDE.1).contains(&wanted) {
        return Err(Failure::invalid(format!(
            "placement: sides from {} to {} points",
            SIDE.0, SIDE.1
        )));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is within the bounds above"
    )]
    let side = wanted.round() as u32;
    Ok(side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_path() {
        assert_eq!(read("").unwrap(), Shown::Canvas("/".into()));
        assert_eq!(
            read("/a/b.html").unwrap(),
            Shown::Canvas("/a/b.html".into())
        );
        assert_eq!(
            read("https://example.org/").unwrap(),
            Shown::Web("https://example.org/".into())
        );
        for url in [
            "//evil.example/",
            "file:///etc/passwd",
            "javascript:1",
            "a.html",
            "/a b",
            "data:,a",
        ] {
            assert!(read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_capability_of_the_same_canvas() {
        let prefix = capability_prefix("http://h:1/__openclaw__/cap/one").unwrap();
        assert_eq!(prefix, "http://h:1/__openclaw__/cap/");
        assert_eq!(
            capability_base("http://h:1/__openclaw__/cap/two/canvas/a", prefix).as_deref(),
            Some("http://h:1/__openclaw__/cap/two")
        );
        for url in [
            "http://h:2/__openclaw__/cap/two/",
            "http://h:1/__openclaw__/cap/",
            "http://h:1/",
        ] {
            assert_eq!(capability_base(url, prefix), None, "{url}");
        }
    }

    #[test]
    fn sides_have_bounds() {
        assert_eq!(side(None, 7).unwrap(), 7);
        assert_eq!(side(Some(640.4), 7).unwrap(), 640);
        for wrong in [0.0, -1.0, 1e9, f64::NAN, f64::INFINITY] {
            assert!(side(Some(wrong), 7).is_err(), "{wrong}");
        }
    }
}

//! `canvas`: pages and forms that the people of the session see beside the conversation. It reaches
//! the canvas of its own session and no other, and nothing of the machine.

mod on_node;

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_core::SessionKey;
use tidegate_core::canvas::{Canvas, CanvasError, CanvasPath, CanvasView};
use tidegate_core::tool::{
    RESULT_TEXT_CHARS, Tool, ToolCall, ToolOutcome, ToolSpec, head_and_tail,
};
use tidegate_protocol::api::canvas::CanvasPresenter;

use super::arguments::read;

/// Writes and shows the canvas of a session.
pub struct CanvasTool(Arc<dyn Canvas>);

impl CanvasTool {
    /// On these canvases.
    pub fn new(canvas: Arc<dyn Canvas>) -> Self {
        Self(canvas)
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum Asked {
    Write {
        path: String,
        content: String,
        #[serde(default)]
        encoding: Encoding,
    },
    Read {
        path: String,
    },
    List {},
    Delete {
        path: String,
    },
    Present {
        #[serde(default)]
        view: View,
        #[serde(default)]
        node: Option<String>,
    },
    A2uiPush {
        messages: Vec<Value>,
    },
    A2uiReset {},
    Snapshot {
        node: String,
    },
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Text,
    Base64,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum View {
    #[default]
    Page,
    A2ui,
}

impl From<View> for CanvasView {
    fn from(view: View) -> Self {
        match view {
            View::Page => Self::Page,
            View::A2ui => Self::Surfaces,
        }
    }
}

#[async_trait]
impl Tool for CanvasTool {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "canvas",
            description: "A canvas beside this conversation. Pages: write files (index.html is what is shown; \
                plain HTML, CSS and classic scripts; a page has no network, no storage, no modules from files and \
                no forms that are sent, so put data into a script), then present. A page is loaded again when a \
                file changes. A page tells you what somebody did with tidegateSendUserAction({name, context}). \
                Forms: a2ui_push describes surfaces in A2UI messages of 0.8 or 0.9, a2ui_reset takes all away. \
                present with a node shows it on that node; after a2ui_push, present again there. snapshot is a \
                picture of what a node shows.",
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["action"],
                "properties": {
                    "action": {
                        "type": "string",
                        "enum": ["write", "read", "list", "delete", "present", "a2ui_push", "a2ui_reset", "snapshot"],
                    },
                    "path": { "type": "string", "description": "write, read, delete: for example index.html or img/a.svg." },
                    "content": { "type": "string", "description": "write: the whole file." },
                    "encoding": { "type": "string", "enum": ["text", "base64"], "description": "write: of content; text if absent." },
                    "view": { "type": "string", "enum": ["page", "a2ui"], "description": "present: page if absent." },
                    "messages": { "type": "array", "items": { "type": "object" }, "description": "a2ui_push." },
                    "node": { "type": "string", "description": "snapshot, and present on a node instead of beside the conversation: its id or name." },
                },
            }),
        }
    }

    async fn call(&self, call: ToolCall) -> ToolOutcome {
        let asked: Asked = match read(&call.arguments) {
            Ok(asked) => asked,
            Err(outcome) => return outcome,
        };
        let done = match asked {
            Asked::Snapshot { node } => return on_node::snapshot(&call, node).await,
            Asked::Present {
                view,
                node: Some(node),
            } => return on_node::present(&*self.0, &call, view.into(), node).await,
            Asked::Write {
                path,
                content,
                encoding,
            } => {
                self.write(&call.session_key, &path, content, encoding)
                    .await
            }
            Asked::Read { path } => self.read(&call.session_key, &path).await,
            Asked::List {} => self.list(&call.session_key).await,
            Asked::Delete { path } => self.delete(&call.session_key, &path).await,
            Asked::Present { view, node: None } => {
                self.present(&call.session_key, view.into()).await
            }
            Asked::A2uiPush { messages } => self.push(&call.session_key, messages).await,
            Asked::A2uiReset {} => {
                self.0.reset(&call.session_key).await;
                Ok(ToolOutcome::text("All surfaces are gone."))
            }
        };
        done.unwrap_or_else(|error| ToolOutcome::error(told(&error)))
    }
}

impl CanvasTool {
    async fn write(
        &self,
        session: &SessionKey,
        path: &str,
        content: String,
        encoding: Encoding,
    ) -> Result<ToolOutcome, CanvasError> {
        let path = CanvasPath::parse(path)?;
        let bytes = match encoding {
            Encoding::Text => content.into_bytes(),
            Encoding::Base64 => match STANDARD.decode(content.as_bytes()) {
                Ok(bytes) => bytes,
                Err(_) => {
                    return Ok(ToolOutcome::error(
                        "content is not base64. Nothing was written.",
                    ));
                }
            },
        };
        let length = bytes.len();
        self.0.write(session, &path, bytes).await?;
        Ok(ToolOutcome::text(format!(
            "{path} has {length} bytes now. Pages that show this canvas are loaded again."
        )))
    }

    async fn read(&self, session: &SessionKey, path: &str) -> Result<ToolOutcome, CanvasError> {
        let path = CanvasPath::parse(path)?;
        let bytes = self.0.read(session, &path).await?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) => ToolOutcome::text(head_and_tail(&text, RESULT_TEXT_CHARS)),
            Err(error) => {
                let length = error.as_bytes().len();
                ToolOutcome::text(format!("{path} is no text; it has {length} bytes."))
            }
        })
    }

    async fn list(&self, session: &SessionKey) -> Result<ToolOutcome, CanvasError> {
        let files = self.0.list(session).await?;
        let row = |file: &tidegate_core::canvas::CanvasFile| json!({ "path": file.path.as_str(), "bytes": file.bytes });
        let files: Vec<Value> = files.iter().map(row).collect();
        Ok(ToolOutcome::json(json!({ "files": files })))
    }

    async fn delete(&self, session: &SessionKey, path: &str) -> Result<ToolOutcome, CanvasError> {
        let path = CanvasPath::parse(path)?;
        self.0.delete(session, &path).await?;
        Ok(ToolOutcome::text(format!("{path} is gone.")))
    }

    async fn present(
        &self,
        session: &SessionKey,
        view: CanvasView,
    ) -> Result<ToolOutcome, CanvasError> {
        self.0
            .present(session, view, CanvasPresenter::Agent)
            .await?;
        Ok(ToolOutcome::text(
            "Everyone who looks at this conversation was asked to show the canvas.",
        ))
    }

    async fn push(
        &self,
        session: &SessionKey,
        messages: Vec<Value>,
    ) -> Result<ToolOutcome, CanvasError> {
        let surfaces = self.0.push(session, messages).await?;
        Ok(ToolOutcome::json(json!({ "surfaces": surfaces })))
    }
}

/// What went wrong, for the model. Where the disk is, is not its business.
fn told(error: &CanvasError) -> String {
    match error {
        CanvasError::Disk(_) => {
            tracing::error!(%error, "canvas");
            "The canvas's folder failed; the gateway's log says more.".to_owned()
        }
        told => format!("{told}. Nothing was changed."),
    }
}

#[cfg(test)]
mod tests;

//! One try: a request, and an answer passed on while it comes.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::Turn;
use tidegate_core::transcript::StopReason;
use tokio::time::timeout;

use super::answer::Answer;
use super::dialect::{Asked, Dialect, Fault, Reader, status_of};
use super::error;
use super::failure::Failure;
use super::http::read_up_to;
use super::pictures::{NONE, Pictures};
use super::provider::{ERROR_BODY_BYTES, Provider};
use super::retry::named_wait;
use super::sse::{Decoder, Frame};

/// How long an error body may take.
const ERROR_BODY_DEADLINE: Duration = Duration::from_secs(5);
/// How long the count of tokens may come after the answer's end.
const TRAILER_DEADLINE: Duration = Duration::from_secs(2);
/// Bytes of a stream, with everything around the words.
const STREAM_BYTES: usize = 64 * 1024 * 1024;

/// Why a try brought no complete answer.
pub(crate) enum Lost {
    /// The engine does not listen any more.
    Gone,
    /// The provider failed.
    Failed(Failure),
}

impl<D: Dialect> Provider<D> {
    /// Asks once; again at once, without what the server says it does not understand.
    pub(crate) async fn one_try(
        &self,
        turn: &Turn,
        mut pictures: &Pictures,
        answer: &mut Answer,
        reader: &mut D::Reader,
    ) -> Result<StopReason, Lost> {
        let mut shape = self.shape(&turn.model);
        loop {
            let response = self
                .post(turn, pictures, shape)
                .await
                .map_err(Lost::Failed)?;
            let status = response.status().as_u16();
            if status == 200 && !is_json(&response) {
                self.remember(&turn.model, shape);
                return self.listen(response, turn, answer, reader).await;
            }
            tracing::debug!(provider = %self.settings.name, model = %turn.model, status, "no stream");
            let wait = named_wait(response.headers(), self.clock.now_ms());
            let body = timeout(ERROR_BODY_DEADLINE, read_up_to(response, ERROR_BODY_BYTES))
                .await
                .unwrap_or_default();
            let body = String::from_utf8_lossy(&body);
            if status == 200 {
                return Err(self.lost(turn, answer, &instead_of_stream(&body)));
            }
            if !pictures.is_empty() && is_about_pictures(status, &body) {
                // One that it does not like must not end the conversation: words tell of it.
                tracing::info!(provider = %self.settings.name, model = %turn.model, status, "no pictures");
                pictures = &NONE;
                continue;
            }
            let smaller = D::smaller(shape, &body).filter(|_| matches!(status, 400 | 422));
            let Some(smaller) = smaller else {
                let failure = self.refused(turn, status, &body);
                let wait = wait.filter(|_| failure.retry);
                return Err(Lost::Failed(Failure { wait, ..failure }));
            };
            shape = smaller;
        }
    }

    async fn post(
        &self,
        turn: &Turn,
        pictures: &Pictures,
        shape: D::Shape,
    ) -> Result<reqwest::Response, Failure> {
        let asked = Asked {
            provider: &self.settings.name,
            original: self.base.starts_with(D::API.default_base_url()),
            max_output_tokens: self.settings.max_output_tokens,
            pictures,
        };
        let url = format!("{}{}", self.base, D::TURNS);
        // The tree of values is gone before the wait; only its bytes stay.
        let request = self
            .http
            .inner()
            .post(url)
            .headers(self.headers.clone())
            .json(&D::body(&asked, turn, shape));
        request.send().await.map_err(|error| {
            error::of_transport(&self.settings.name, &self.base, &error, self.key())
        })
    }

    /// Passes on an answer while it comes.
    async fn listen(
        &self,
        mut response: reqwest::Response,
        turn: &Turn,
        answer: &mut Answer,
        reader: &mut D::Reader,
    ) -> Result<StopReason, Lost> {
        answer.progress().map_err(|_| Lost::Gone)?;
        let (mut decoder, mut bytes) = (Decoder::default(), 0_usize);
        loop {
            let chunk = match reader.stop() {
                Some(stop) if reader.finished() => return Ok(stop),
                // The words are complete; only the count of tokens may follow.
                Some(_) => timeout(TRAILER_DEADLINE, response.chunk())
                    .await
                    .unwrap_or(Ok(None)),
                None => response.chunk().await,
            };
            // A connection that breaks ends like one that is closed: the reader knows what is missing.
            let Some(chunk) = chunk.unwrap_or_default() else {
                let last = match decoder.finish() {
                    Some(frame) => hear(frame, answer, reader).await,
                    None => Ok(()),
                };
                return match (last, reader.stop()) {
                    // Half an event is no event.
                    (Ok(()) | Err(Fault::Unreadable), Some(stop)) => Ok(stop),
                    (Ok(()) | Err(Fault::Unreadable), None) => {
                        Err(self.lost(turn, answer, &Fault::BrokenOff))
                    }
                    (Err(fault), _) => Err(self.lost(turn, answer, &fault)),
                };
            };
            bytes = bytes.saturating_add(chunk.len());
            let mut frames = Vec::new();
            let fits = decoder.push(&chunk, &mut frames).is_ok() && bytes <= STREAM_BYTES;
            for frame in frames {
                hear(frame, answer, reader)
                    .await
                    .map_err(|fault| self.lost(turn, answer, &fault))?;
            }
            if !fits {
                return Err(self.lost(turn, answer, &Fault::TooLarge));
            }
        }
    }

    fn refused(&self, turn: &Turn, status: u16, body: &str) -> Failure {
        error::of_response(&self.settings.name, &turn.model, status, body, self.key())
    }

    fn lost(&self, turn: &Turn, answer: &Answer, fault: &Fault) -> Lost {
        use FailureKind::{Refusal, Unknown};
        let at = format!(
            "Check models.providers.{}: its api and baseUrl.",
            self.settings.name
        );
        Lost::Failed(match fault {
            Fault::Gone => return Lost::Gone,
            Fault::TooLarge => Failure::lasting(
                Unknown,
                "sent more than an answer can hold, so it was cut off",
                "",
            ),
            Fault::Unreadable => Failure::lasting(
                Unknown,
                format!("sent something that is not {}", D::API.as_str()),
                at,
            ),
            Fault::BrokenOff if answer.heard() => Failure::passing(
                Unknown,
                "broke off in the middle of the answer",
                "Send it again.",
            ),
            Fault::BrokenOff => Failure::passing(Unknown, "broke off before the answer began", ""),
            Fault::Refused => {
                Failure::lasting(Refusal, "refused to answer this", "Say it in other words.")
            }
            Fault::Reported { status, body } => self.refused(turn, *status, body),
        })
    }
}

/// Whether a refusal is about the pictures of a request, or about its size.
fn is_about_pictures(status: u16, refusal: &str) -> bool {
    let named = || refusal.to_ascii_lowercase().contains("image");
    status == 413 || (matches!(status, 400 | 404 | 415 | 422) && named())
}

/// Whether a server answers with one document although a stream was asked for.
fn is_json(response: &reqwest::Response) -> bool {
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().starts_with("application/json"))
}

/// What such a document says: an error, if it is one.
fn instead_of_stream(body: &str) -> Fault {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    value
        .get("error")
        .filter(|error| !error.is_null())
        .map_or(Fault::Unreadable, |error| Fault::Reported {
            status: status_of(error),
            body: body.to_owned(),
        })
}

/// One frame of a stream.
async fn hear<R: Reader>(frame: Frame, answer: &mut Answer, reader: &mut R) -> Result<(), Fault> {
    let Frame::Event { name, data } = frame else {
        return answer.progress();
    };
    for delta in reader.read(&name, &data)? {
        answer.apply(delta).await?;
    }
    Ok(())
}

//! A planned fault, carried out around the work of one request.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::common::{Fault, FaultPlan, Line};

/// The fault of one request and the line that it came in on.
pub(super) struct Trouble {
    fault: Option<Fault>,
    line: Line,
}

/// The request is not carried out.
pub(super) enum Early {
    /// 429 with so many seconds.
    TooMany(u64),
    /// This HTTP status.
    Status(u16),
    /// No answer at all.
    Nothing,
}

impl Trouble {
    /// Asks the plan once.
    pub(super) fn of(plan: &FaultPlan, operation: &str, line: Line) -> Self {
        Self {
            fault: plan.take(operation),
            line,
        }
    }

    /// The end of a request that is not carried out. [`Trouble::strike`] comes after the record.
    pub(super) fn early(&self) -> Option<Early> {
        match self.fault.as_ref()? {
            Fault::TooMany { retry_after } => Some(Early::TooMany(whole_seconds(*retry_after))),
            Fault::Status(status) => Some(Early::Status(*status)),
            Fault::CutBeforeStoring | Fault::Silence => Some(Early::Nothing),
            _ => None,
        }
    }

    /// Does to the connection what was planned, now that everything is stored that will be.
    pub(super) async fn strike(&self) {
        match self.fault.as_ref() {
            Some(Fault::CutBeforeStoring | Fault::CutAfterStoring) => self.line.cut(),
            Some(Fault::CutInAnswer { after_bytes }) => self.line.cut_after(*after_bytes),
            Some(Fault::SlowHeaders(wait)) => {
                tokio::select! {
                    () = tokio::time::sleep(*wait) => {}
                    () = self.line.ended() => {}
                }
            }
            Some(Fault::Silence | Fault::SilenceAfterStoring) => {
                self.line.go_silent();
                self.line.ended().await;
            }
            _ => {}
        }
    }

    /// Outside the Web API: the answer of a request that is not carried out.
    pub(super) async fn refused(&self) -> Option<Response> {
        let early = self.early()?;
        self.strike().await;
        Some(early.plain())
    }

    /// True if the caller will not see a whole answer although the work is done.
    pub(super) fn loses_the_answer(&self) -> bool {
        matches!(
            self.fault,
            Some(Fault::CutAfterStoring | Fault::CutInAnswer { .. } | Fault::SilenceAfterStoring)
        )
    }
}

impl Early {
    fn plain(&self) -> Response {
        match self {
            Self::TooMany(seconds) => too_many(*seconds, "rate limited"),
            Self::Status(status) => status_of(*status).into_response(),
            Self::Nothing => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}

/// 429 with `Retry-After`.
pub(super) fn too_many(seconds: u64, body: impl IntoResponse) -> Response {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, body).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// A status by number; what is no status is 500.
pub(super) fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Seconds for `Retry-After`: rounded up, at least one.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000))
        .unwrap_or(u64::MAX)
        .max(1)
}

//! What is shown to the gateway: the token that it gave to this node, or what the owner gave.

use tidegate_client::Auth;

/// What is shown next, and what came of it so far.
pub(crate) struct Shown {
    given: Auth,
    is_given: bool,
    was_let_in: bool,
}

impl Shown {
    pub(crate) fn new(given: &Auth) -> Self {
        Self {
            given: given.clone(),
            // A one-time code is given to be used now.
            is_given: given.bootstrap_token.is_some(),
            was_let_in: false,
        }
    }

    /// What to show; empty for the token of this node.
    pub(crate) fn auth(&self, has_token: bool) -> Auth {
        if self.is_given || !has_token {
            self.given.clone()
        } else {
            Auth::default()
        }
    }

    /// The gateway let this node in, so from now on its token counts.
    pub(crate) fn let_in(&mut self) {
        self.is_given = false;
        self.was_let_in = true;
    }

    /// What was refused may be old: the other one is tried next. A code is not tried again.
    pub(crate) fn refused(&mut self) {
        if self.is_given && self.given.bootstrap_token.is_some() {
            self.given = Auth::default();
        }
        self.is_given = !self.is_given && !self.given.is_empty();
    }

    /// Whether what was refused last was all there is.
    pub(crate) fn is_all_refused(&self) -> bool {
        !self.is_given
    }

    /// Whether a node that was put out has nothing left to try. What the owner gave lets it ask
    /// again, but only at a start: nobody gave it to come back by itself.
    pub(crate) fn is_over(&self) -> bool {
        self.was_let_in || self.is_all_refused()
    }
}

#[cfg(test)]
mod tests {
    use tidegate_client::Credential;

    use super::*;

    fn secret() -> Auth {
        Auth::token("secret")
    }

    fn code() -> Auth {
        Auth {
            bootstrap_token: Some(Credential::new("code")),
            ..Auth::default()
        }
    }

    #[test]
    fn a_code_is_shown_at_once_and_a_secret_where_there_is_no_token() {
        assert!(Shown::new(&code()).auth(true).bootstrap_token.is_some());
        assert!(Shown::new(&secret()).auth(true).is_empty());
        assert!(Shown::new(&secret()).auth(false).token.is_some());
        let mut shown = Shown::new(&code());
        shown.let_in();
        assert!(shown.auth(true).is_empty(), "a code works once");
    }

    #[test]
    fn both_are_tried_in_turn_and_then_there_is_time() {
        let mut shown = Shown::new(&secret());
        shown.refused();
        assert!(!shown.is_all_refused());
        assert!(shown.auth(true).token.is_some());
        shown.refused();
        assert!(shown.is_all_refused());
        assert!(shown.auth(true).is_empty());
        let mut alone = Shown::new(&Auth::default());
        alone.refused();
        assert!(alone.is_all_refused());
        let mut late = Shown::new(&code());
        late.refused();
        assert!(late.auth(true).is_empty() && late.auth(false).is_empty());
        late.refused();
        assert!(late.is_over(), "neither its code nor its token");
    }

    #[test]
    fn put_out_is_the_end_unless_a_person_has_just_given_something() {
        let mut alone = Shown::new(&Auth::default());
        alone.refused();
        assert!(alone.is_over());
        let mut given = Shown::new(&secret());
        given.refused();
        assert!(!given.is_over(), "the secret asks again");
        given.let_in();
        assert!(given.is_over(), "cut while it was connected");
        given.refused();
        assert!(given.is_over(), "refused when it came back");
    }
}

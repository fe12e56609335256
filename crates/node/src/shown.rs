//! What is shown to the gateway: the token that it gave to this node, or what the owner gave.

use tidegate_client::Auth;

/// What is shown next, and what came of it so far.
pub(crate) struct Shown {
    given: Auth,
    is_given: bool,
    has_token: bool,
    refused: Refused,
    was_let_in: bool,
}

/// What was refused since this node was let in last.
#[derive(Default)]
struct Refused {
    given: bool,
    token: bool,
}

impl Shown {
    pub(crate) fn new(given: &Auth) -> Self {
        Self {
            given: given.clone(),
            // A one-time code is given to be used now.
            is_given: given.bootstrap_token.is_some(),
            has_token: false,
            refused: Refused::default(),
            was_let_in: false,
        }
    }

    /// What to show; empty for the token of this node, if it has one now.
    pub(crate) fn auth(&mut self, has_token: bool) -> Auth {
        self.has_token = has_token;
        if self.shows_given() {
            self.given.clone()
        } else {
            Auth::default()
        }
    }

    fn shows_given(&self) -> bool {
        self.is_given || !self.has_token
    }

    /// The gateway let this node in, so from now on its token counts. A code is used up by that.
    pub(crate) fn let_in(&mut self) {
        self.given.bootstrap_token = None;
        self.is_given = false;
        self.refused = Refused::default();
        self.was_let_in = true;
    }

    /// What was refused may be old: the other one is tried next. A code is not tried again.
    pub(crate) fn refused(&mut self) {
        if self.shows_given() {
            self.refused.given = true;
            if self.given.bootstrap_token.is_some() {
                self.given = Auth::default();
            }
            self.is_given = false;
        } else {
            self.refused.token = true;
            self.is_given = !self.given.is_empty();
        }
    }

    /// Whether everything that there is to show was refused since this node was let in last.
    pub(crate) fn is_all_refused(&self) -> bool {
        (self.refused.given || self.given.is_empty()) && (self.refused.token || !self.has_token)
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

    /// Shown and refused, by a node that has a token, or none.
    fn refuse(shown: &mut Shown, has_token: bool) {
        shown.auth(has_token);
        shown.refused();
    }

    #[test]
    fn both_are_tried_in_turn_and_then_there_is_time() {
        let mut shown = Shown::new(&secret());
        refuse(&mut shown, true);
        assert!(!shown.is_all_refused());
        assert!(shown.auth(true).token.is_some());
        shown.refused();
        assert!(shown.is_all_refused());
        assert!(shown.auth(true).is_empty());
        for has_token in [true, false] {
            let mut alone = Shown::new(&Auth::default());
            refuse(&mut alone, has_token);
            assert!(alone.is_all_refused());
        }
        let mut late = Shown::new(&code());
        refuse(&mut late, true);
        assert!(!late.is_all_refused(), "its token may be good");
        assert!(late.auth(true).is_empty() && late.auth(false).is_empty());
        refuse(&mut late, true);
        assert!(late.is_over(), "neither its code nor its token");
    }

    #[test]
    fn a_code_that_was_used_is_forgotten() {
        let mut shown = Shown::new(&code());
        assert!(shown.auth(false).bootstrap_token.is_some());
        shown.let_in();
        refuse(&mut shown, true);
        assert!(shown.is_all_refused(), "its token was replaced");
        assert!(shown.auth(true).is_empty() && shown.auth(false).is_empty());
    }

    #[test]
    fn put_out_is_the_end_unless_a_person_has_just_given_something() {
        let mut alone = Shown::new(&Auth::default());
        refuse(&mut alone, true);
        assert!(alone.is_over());
        let mut given = Shown::new(&secret());
        refuse(&mut given, true);
        assert!(!given.is_over(), "the secret asks again");
        given.let_in();
        assert!(given.is_over(), "cut while it was connected");
        refuse(&mut given, true);
        assert!(given.is_over(), "refused when it came back");
    }
}

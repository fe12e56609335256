//! Codes that wait to be used: in memory, hashed, few, each for one device. A code has 128 secret
//! bits; five wrong tries burn it (DECISIONS D14, SECURITY T19).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::secret::hex;
use tidegate_core::{Clock, IdGen, Permit, PrincipalId, ScopeSet, Secret, SecretHash};
use tidegate_protocol::{DeviceId, Role, Scope};
use tokio::time::Instant;

use crate::{Engine, EngineError};

/// How long a code lives, in milliseconds (DECISIONS D10).
const TTL_MS: u64 = 10 * 60 * 1000;
/// Wrong tries that burn a code (DECISIONS D14).
const TRIES: u8 = 5;
/// Codes that may wait; the oldest gives way.
const MOST: usize = 16;
/// Characters of a code that name it; the rest is its secret of 128 bits.
const NAME_CHARS: usize = 8;
const CHARS: usize = NAME_CHARS + 32;

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeGrant {
    /// The most that an operator gets by it; none: it is not for operators.
    pub operator: Option<ScopeSet>,
    /// Whether it is for nodes.
    pub node: bool,
}

impl CodeGrant {
    /// For the owner's browser.
    pub fn page() -> Self {
        Self {
            operator: Some(ScopeSet::all()),
            node: false,
        }
    }

    /// For a device of the owner's, in both roles.
    pub fn full() -> Self {
        Self {
            operator: Some(ScopeSet::all()),
            node: true,
        }
    }

    /// For a device that uses the gateway and does not administer it.
    pub fn limited() -> Self {
        let scopes = [
            Scope::Read,
            Scope::Write,
            Scope::Approvals,
            Scope::Questions,
        ];
        Self {
            operator: Some(scopes.into_iter().collect()),
            node: true,
        }
    }

    /// For a node.
    pub const fn node() -> Self {
        Self {
            operator: None,
            node: true,
        }
    }

    /// The most that this role gets; none if the code is not for it.
    pub fn ceiling(self, role: Role) -> Option<ScopeSet> {
        match role {
            Role::Operator => self.operator,
            Role::Node => self.node.then_some(ScopeSet::EMPTY),
        }
    }
}

/// A code for a device.
#[derive(Debug)]
pub struct SetupCode {
    /// The code.
    pub code: Secret<String>,
    /// When it stops working, in Unix milliseconds.
    pub expires_at_ms: u64,
}

pub(crate) struct OneTimeCodes {
    clock: Arc<dyn Clock>,
    codes: Mutex<Vec<OneTimeCode>>,
}

struct OneTimeCode {
    name: String,
    hash: SecretHash,
    grant: CodeGrant,
    made_by: PrincipalId,
    made_at_ms: u64,
    /// The wall clock may jump; this one does not.
    ends: Instant,
    tries: u8,
}

impl OneTimeCode {
    fn is_live(&self, now_ms: u64) -> bool {
        let by_wall = now_ms
            .checked_sub(self.made_at_ms)
            .is_some_and(|age| age < TTL_MS);
        by_wall && Instant::now() < self.ends
    }
}

impl OneTimeCodes {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            codes: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<OneTimeCode>> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make(
        &self,
        ids: &dyn IdGen,
        made_by: PrincipalId,
        grant: CodeGrant,
    ) -> (Secret<String>, u64) {
        let code: String = hex(&ids.secret()).chars().take(CHARS).collect();
        let made_at_ms = self.clock.now_ms();
        let mut codes = self.lock();
        if codes.len() >= MOST {
            codes.remove(0);
        }
        codes.push(OneTimeCode {
            name: code.chars().take(NAME_CHARS).collect(),
            hash: SecretHash::of(&code),
            grant,
            made_by,
            made_at_ms,
            ends: Instant::now() + Duration::from_millis(TTL_MS),
            tries: 0,
        });
        (Secret::new(code), made_at_ms.saturating_add(TTL_MS))
    }

    /// Uses a code up. A try counts before it is looked at, under one lock: no race gives a sixth.
    /// A code is for others than its maker: nobody gives themselves back what was taken from them.
    pub(super) fn redeem(&self, code: &str, by: &DeviceId) -> Option<CodeGrant> {
        let now_ms = self.clock.now_ms();
        let mut codes = self.lock();
        codes.retain(|kept| kept.is_live(now_ms));
        let index = codes.iter().position(|kept| code.starts_with(&kept.name))?;
        let found = codes.get_mut(index)?;
        found.tries += 1;
        let (good, grant) = (found.hash.matches(code), found.grant);
        let is_own = found.made_by == PrincipalId::Device(by.clone());
        if good || found.tries >= TRIES {
            codes.remove(index);
        }
        (good && !is_own).then_some(grant)
    }

    /// Who lost a right has no code left that gives it.
    pub(super) fn void_of(&self, maker: &PrincipalId) {
        self.lock().retain(|kept| kept.made_by != *maker);
    }
}

impl Engine {
    /// Makes a one-time code with which the owner's browser may join. Gives the code and when it
    /// expires, in Unix milliseconds.
    pub fn one_time_code(&self) -> (Secret<String>, u64) {
        let codes = &self.inner().pairing.codes;
        codes.make(&*self.inner().ids, PrincipalId::Owner, CodeGrant::page())
    }

    /// Makes a one-time code for a device, good for no more than its maker may do.
    ///
    /// # Errors
    /// The maker's own right was taken back meanwhile, or the store cannot be read.
    pub async fn setup_code(
        &self,
        permit: &Permit,
        wanted: CodeGrant,
    ) -> Result<SetupCode, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let maker = permit.caller();
        let grant = CodeGrant {
            operator: wanted.operator.map(|scopes| scopes.within(maker.scopes)),
            node: wanted.node && super::mint::may_give_node(maker),
        };
        let codes = &self.inner().pairing.codes;
        let (code, expires_at_ms) = codes.make(&*self.inner().ids, maker.id.clone(), grant);
        Ok(SetupCode {
            code,
            expires_at_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::{ManualClock, SystemIds};

    fn codes() -> (Arc<ManualClock>, OneTimeCodes) {
        let clock = Arc::new(ManualClock::at(1_000_000));
        (Arc::clone(&clock), OneTimeCodes::new(clock))
    }

    fn other() -> DeviceId {
        DeviceId::new("d")
    }

    fn make(codes: &OneTimeCodes) -> String {
        let (code, _) = codes.make(&SystemIds, PrincipalId::Owner, CodeGrant::limited());
        code.expose().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn a_code_works_once_and_not_after_ten_minutes() {
        let (clock, codes) = codes();
        let code = make(&codes);
        assert_eq!(codes.redeem(&code, &other()), Some(CodeGrant::limited()));
        assert_eq!(codes.redeem(&code, &other()), None);
        let late = make(&codes);
        clock.advance_ms(TTL_MS);
        assert_eq!(codes.redeem(&late, &other()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_clock_that_stands_still_or_goes_back_gives_a_code_no_more_time() {
        let (_, codes) = codes();
        let code = make(&codes);
        tokio::time::advance(Duration::from_millis(TTL_MS)).await;
        assert_eq!(
            codes.redeem(&code, &other()),
            None,
            "the wall clock stood still"
        );

        let ahead = Arc::new(ManualClock::at(5_000_000));
        let made_ahead = OneTimeCodes::new(ahead);
        let code = make(&made_ahead);
        let back = OneTimeCodes {
            clock: Arc::new(ManualClock::at(4_999_999)),
            codes: made_ahead.codes,
        };
        assert_eq!(
            back.redeem(&code, &other()),
            None,
            "the wall clock went back"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn five_wrong_tries_burn_a_code() {
        let (_, codes) = codes();
        let code = make(&codes);
        let wrong = format!("{}{}", &code[..NAME_CHARS], "0".repeat(32));
        for _ in 0..TRIES {
            assert_eq!(codes.redeem(&wrong, &other()), None);
        }
        assert_eq!(codes.redeem(&code, &other()), None);
    }

    #[test]
    fn fifty_guesses_at_once_leave_no_code() {
        let (_, codes) = codes();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let _entered = runtime.enter();
        let code = make(&codes);
        let wrong = format!("{}{}", &code[..NAME_CHARS], "f".repeat(32));
        std::thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| assert_eq!(codes.redeem(&wrong, &other()), None));
            }
        });
        assert_eq!(codes.redeem(&code, &other()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn codes_are_few_and_those_of_who_lost_a_right_are_void() {
        let (_, codes) = codes();
        let first = make(&codes);
        let last = (0..MOST).map(|_| make(&codes)).last().unwrap();
        assert_eq!(codes.redeem(&first, &other()), None, "the oldest gave way");
        codes.void_of(&PrincipalId::Guest);
        let late = make(&codes);
        assert!(codes.redeem(&last, &other()).is_some());
        codes.void_of(&PrincipalId::Owner);
        assert_eq!(codes.redeem(&late, &other()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_code_is_not_for_its_maker() {
        let (_, codes) = codes();
        let maker = PrincipalId::Device(other());
        let (code, _) = codes.make(&SystemIds, maker, CodeGrant::node());
        assert_eq!(codes.redeem(code.expose(), &other()), None);
    }
}

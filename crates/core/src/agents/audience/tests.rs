use tidegate_protocol::{AgentId, DeviceId, Role};

use super::*;
use crate::channel::{AccountKey, Peer, Target};
use crate::origin::Origin;
use crate::run::ByDevice;

const CLIENT: &str = "client";
const OWNER: &str = "owner";
const GUEST: &str = "guest";
const NODE: &str = "node";
const LIMITED: &str = "a client that may not administer";
const OWNER_IN_GROUP: &str = "owner in a group";
const SENT_ON: &str = "sent on";

fn target(kind: PeerKind) -> Target {
    Target {
        account: AccountKey::new("net", "default"),
        peer: Peer {
            kind,
            id: "7".into(),
        },
        thread: None,
    }
}

fn request(who: &str) -> RunRequest {
    let origin = |kind| Origin {
        target: target(kind),
        message_id: "1".into(),
        sender_id: "7".into(),
        sender_name: None,
        title: None,
        album: None,
    };
    RunRequest {
        message: "hello".into(),
        echo_key: String::new(),
        thinking: None,
        extra_system_prompt: None,
        timeout_ms: None,
        may_administer: ![GUEST, NODE, LIMITED].contains(&who),
        by: [NODE, LIMITED].contains(&who).then(|| ByDevice {
            device: DeviceId::new("d"),
            role: if who == NODE {
                Role::Node
            } else {
                Role::Operator
            },
        }),
        label: None,
        origin: match who {
            OWNER | GUEST => Some(origin(PeerKind::Direct)),
            OWNER_IN_GROUP => Some(origin(PeerKind::Group)),
            _ => None,
        },
        deliver_to: (who == SENT_ON).then(|| target(PeerKind::Direct)),
        media: Vec::new(),
    }
}

fn audience(key: &str, main_is_shared: bool, who: &[&str]) -> Audience {
    let names = SessionNames {
        default_agent: AgentId::new("ana"),
        main_key: "home".into(),
    };
    let requests: Vec<_> = who.iter().map(|who| request(who)).collect();
    let key = SessionKey::stored(key);
    Audience::of(&key, &names, main_is_shared, &requests)
}

/// The table of who is told what is known of the owner.
#[test]
fn only_the_owner_alone_hears_of_the_owner() {
    let rows: [(&str, &[&str], Audience); 26] = [
        ("agent:ana:home", &[CLIENT], Audience::Owner),
        ("agent:ana:home", &[OWNER], Audience::Owner),
        ("agent:bob:home", &[OWNER, CLIENT], Audience::Owner),
        ("agent:ana:home:thread:5", &[OWNER], Audience::Owner),
        ("agent:ana:home", &[GUEST], Audience::Guests),
        ("agent:ana:home", &[NODE], Audience::Guests),
        ("agent:ana:home", &[CLIENT, NODE], Audience::Guests),
        ("agent:ana:home", &[LIMITED], Audience::Guests),
        ("agent:ana:node-d", &[NODE], Audience::Guests),
        ("agent:ana:home", &[OWNER, GUEST], Audience::Guests),
        ("agent:ana:home", &[SENT_ON], Audience::Guests),
        ("agent:ana:homely", &[OWNER], Audience::Guests),
        ("agent:ana:notes", &[CLIENT], Audience::Owner),
        ("agent:ana:web:0f", &[CLIENT], Audience::Owner),
        ("agent:ana:web:dm:7", &[CLIENT], Audience::Guests),
        ("agent:ana:net:dm:7", &[OWNER], Audience::Owner),
        ("agent:ana:dm:7", &[OWNER, OWNER], Audience::Owner),
        ("agent:ana:net:dm:7:thread:5", &[OWNER], Audience::Owner),
        // What the owner's client says in a guest's conversation, the guest can read.
        ("agent:ana:net:dm:7", &[CLIENT], Audience::Guests),
        ("agent:ana:net:dm:7", &[GUEST], Audience::Guests),
        ("agent:ana:net:group:7", &[OWNER_IN_GROUP], Audience::Guests),
        ("agent:ana:net:channel:7", &[CLIENT], Audience::Guests),
        ("agent:ana:hook:1", &[CLIENT], Audience::Guests),
        ("global", &[OWNER], Audience::Guests),
        ("unknown", &[CLIENT], Audience::Guests),
        ("agent:ana:notes", &[], Audience::Guests),
    ];
    for (key, who, expected) in rows {
        assert_eq!(audience(key, false, who), expected, "{key} {who:?}");
    }
}

#[test]
fn a_main_session_of_everybody_has_guests() {
    for key in ["agent:ana:home", "agent:ana:home:thread:5"] {
        assert_eq!(audience(key, true, &[OWNER]), Audience::Guests, "{key}");
        assert_eq!(audience(key, true, &[CLIENT]), Audience::Guests, "{key}");
    }
    let own = audience("agent:ana:web:0f", true, &[CLIENT]);
    assert_eq!(own, Audience::Owner, "nobody of a network gets there");
}

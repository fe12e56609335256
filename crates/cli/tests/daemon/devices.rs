//! `tidegate devices` with the real binary: who is let in, what they are called, how that is taken
//! back, and that the owner is never locked out (USERS theme 10).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tidegate_testkit::RawClient;

use crate::cli::{fails, started};
use crate::device::Device;
use crate::home::{Gateway, Home, Ran, ran};

const DONE: Option<i32> = Some(0);
const FAILED: Option<i32> = Some(1);
const USAGE: Option<i32> = Some(2);

fn said(ran: &Ran) -> &str {
    assert_eq!(ran.code, DONE, "{ran:?}");
    &ran.stdout
}

fn told(ran: &Ran) -> Value {
    serde_json::from_str(said(ran)).unwrap_or_else(|why| panic!("{why}: {ran:?}"))
}

/// `tidegate devices …`.
async fn devices(home: &Home, gateway: &Gateway, args: &[&str]) -> Ran {
    home.ask(gateway, &[&["devices"], args].concat()).await
}

async fn listed(home: &Home, gateway: &Gateway) -> Value {
    told(&devices(home, gateway, &["list", "--json"]).await)
}

/// A device from elsewhere asks to be let in; the id of its request.
async fn asks(home: &Home, gateway: &Gateway, device: &Device) -> String {
    let (_, refused) = device.elsewhere(gateway.port, "token", &home.token()).await;
    let id = refused["error"]["details"]["requestId"].as_str();
    id.unwrap_or_else(|| panic!("{refused}")).to_owned()
}

/// A device from elsewhere that was let in, and its token.
async fn paired(home: &Home, gateway: &Gateway, device: &Device) -> (RawClient, String) {
    let id = asks(home, gateway, device).await;
    said(&devices(home, gateway, &["approve", &id]).await);
    let (client, joined) = device.elsewhere(gateway.port, "token", &home.token()).await;
    let token = joined["payload"]["auth"]["deviceToken"].as_str();
    let token = token.unwrap_or_else(|| panic!("{joined}")).to_owned();
    (client, token)
}

#[tokio::test]
async fn a_device_is_seen_refused_and_let_in() {
    let (home, gateway) = started().await;
    let phone = Device::number(1);
    let none = devices(&home, &gateway, &["list"]).await;
    assert!(said(&none).contains("tidegate devices code"), "{none:?}");
    let nobody = devices(&home, &gateway, &["approve"]).await;
    fails(&nobody, FAILED, &["no device waits"]);

    let id = asks(&home, &gateway, &phone).await;
    let list = devices(&home, &gateway, &["list"]).await;
    for words in [
        &id,
        "127.0.0.1",
        "read, write",
        "Its own name",
        "approve REQUEST",
    ] {
        assert!(said(&list).contains(words), "{words}: {list:?}");
    }
    assert_eq!(
        listed(&home, &gateway).await["pending"][0]["requestId"],
        id.as_str()
    );
    let refused = devices(&home, &gateway, &["reject", &id]).await;
    assert_eq!(said(&refused), "The request was refused.\n");
    let gone = devices(&home, &gateway, &["approve", &id]).await;
    fails(&gone, FAILED, &["no such request waits"]);

    asks(&home, &gateway, &phone).await;
    let approved = devices(&home, &gateway, &["approve"]).await;
    for words in [phone.id().as_str(), "read, write", "127.0.0.1", "may join"] {
        assert!(said(&approved).contains(words), "{words}: {approved:?}");
    }
    let (_, joined) = phone.elsewhere(gateway.port, "token", &home.token()).await;
    assert_eq!(joined["ok"], true, "{joined}");
    let list = listed(&home, &gateway).await;
    assert_eq!(list["paired"][0]["deviceId"], phone.id());
    assert_eq!(list["pending"], json!([]));
}

#[tokio::test]
async fn a_device_is_named_trusted_rotated_revoked_and_removed() {
    let (home, gateway) = started().await;
    let phone = Device::number(1);
    let (mut first, token) = paired(&home, &gateway, &phone).await;
    let short = &phone.id()[..12];
    let own_name = devices(&home, &gateway, &["revoke", "Its own name"]).await;
    fails(&own_name, USAGE, &["any device may", "devices rename"]);
    let named = devices(&home, &gateway, &["rename", short, "Phone"]).await;
    assert!(said(&named).contains("is called Phone now"), "{named:?}");
    let trusted = devices(&home, &gateway, &["trust", "Phone", "verified"]).await;
    assert!(said(&trusted).contains("verified now"), "{trusted:?}");
    let list = devices(&home, &gateway, &["list"]).await;
    for words in ["Phone", short, "verified", "connected", "good"] {
        assert!(said(&list).contains(words), "{words}: {list:?}");
    }

    let rotated = told(&devices(&home, &gateway, &["rotate", "Phone", "--json"]).await);
    assert_eq!(first.closed().await.unwrap().code, 1008);
    let new = rotated["token"].as_str().unwrap();
    let with = async |device: &Device, token: &str| {
        let (client, answer) = device.elsewhere(gateway.port, "deviceToken", token).await;
        (client, answer["ok"] == true)
    };
    assert!(!with(&phone, &token).await.1, "the old token");
    assert!(!with(&Device::number(2), new).await.1, "another device");
    let (mut again, let_in) = with(&phone, new).await;
    assert!(let_in);

    let revoked = devices(&home, &gateway, &["revoke", "Phone"]).await;
    assert!(
        said(&revoked).contains("`tidegate devices code`"),
        "{revoked:?}"
    );
    assert_eq!(again.closed().await.unwrap().code, 1008);
    assert!(!with(&phone, new).await.1, "a revoked token");
    let list = devices(&home, &gateway, &["list"]).await;
    assert!(said(&list).contains("revoked"), "{list:?}");

    let removed = devices(&home, &gateway, &["remove", "Phone"]).await;
    assert!(said(&removed).contains("is forgotten"), "{removed:?}");
    assert_eq!(listed(&home, &gateway).await["paired"], json!([]));
    let unknown = devices(&home, &gateway, &["remove", "Phone"]).await;
    fails(&unknown, USAGE, &["no device is called \"Phone\""]);
}

#[tokio::test]
async fn a_code_lets_one_device_in_once_and_is_no_secret() {
    let (home, gateway) = started().await;
    let plain = devices(&home, &gateway, &["code"]).await;
    assert_eq!(said(&plain).lines().count(), 1, "text alone in a pipe");
    let told = told(&devices(&home, &gateway, &["code", "--limited", "--json"]).await);
    assert_eq!(told["access"], "limited", "{told}");
    let code = plain.stdout.trim();
    let inside: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(code).unwrap()).unwrap();
    assert_eq!(inside["url"], format!("ws://127.0.0.1:{}", gateway.port));
    assert!(!inside.to_string().contains(&home.token()));
    let secret = inside["bootstrapToken"].as_str().unwrap();
    let enter = async |seed: u8| {
        let device = Device::number(seed);
        let (_, answer) = device
            .elsewhere(gateway.port, "bootstrapToken", secret)
            .await;
        answer["ok"] == true
    };
    assert!(enter(1).await);
    assert!(!enter(2).await, "it worked twice");

    // On a terminal there is a picture too.
    let binary = env!("CARGO_BIN_EXE_tidegate");
    let mut terminal = home.program("python3");
    let pty = "import pty,sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    terminal.args(["-c", pty, binary, "devices", "code"]);
    let shown = ran(terminal).await;
    assert!(said(&shown).contains('█'), "{shown:?}");
    assert!(
        shown.stdout.contains("works once, within 10 min"),
        "{shown:?}"
    );
    let mut terminal = home.program("python3");
    terminal.args(["-c", pty, binary, "devices", "code", "--no-qr"]);
    assert!(!said(&ran(terminal).await).contains('█'));
}

/// Theme 10: whatever became of devices, the commands of the owner's own machine decide.
#[tokio::test]
async fn the_owner_is_never_locked_out_of_its_own_machine() {
    let (home, gateway) = started().await;
    let phone = Device::number(1);
    let health = async || said(&home.ask(&gateway, &["health"]).await).to_owned();
    // First use: nobody had to be paired.
    assert!(health().await.contains("The gateway is well"));
    // The only device asks again after it was revoked, and after it was removed: no circle.
    let (mut client, _) = paired(&home, &gateway, &phone).await;
    for take_back in ["revoke", "remove"] {
        let id = phone.id();
        said(&devices(&home, &gateway, &[take_back, &id]).await);
        client.closed().await.unwrap();
        let refused = devices(&home, &gateway, &["approve"]).await;
        fails(&refused, FAILED, &["no device waits"]);
        let (again, _) = paired(&home, &gateway, &phone).await;
        client = again;
    }
    // Fifty that wait, and sixty wrong secrets.
    for seed in 10..70 {
        asks(&home, &gateway, &Device::number(seed)).await;
    }
    for _ in 0..60 {
        let wrong = RawClient::owner(gateway.port, "wrong", &["operator.read"]).await;
        assert!(wrong.is_err());
    }
    assert!(health().await.contains("The gateway is well"));
    let waiting = listed(&home, &gateway).await;
    assert_eq!(waiting["pending"].as_array().unwrap().len(), 50);
    let several = devices(&home, &gateway, &["approve"]).await;
    fails(
        &several,
        FAILED,
        &["several devices wait", "tidegate devices list"],
    );
    let newest = waiting["pending"][0]["requestId"].as_str().unwrap();
    said(&devices(&home, &gateway, &["approve", newest]).await);
    // The secret was replaced: what is in the file counts.
    assert!(gateway.stop().await.success());
    std::fs::remove_file(home.state().join("gateway.token")).unwrap();
    let gateway = home.start().await;
    said(&home.ask(&gateway, &["health"]).await);
    said(&devices(&home, &gateway, &["list"]).await);
}

#[tokio::test]
async fn a_node_and_its_device_have_one_name() {
    let (home, gateway) = started().await;
    let box_ = Device::number(3);
    let _node = box_
        .node(gateway.port, &home.token(), &["system.which"])
        .await;
    let short = &box_.id()[..12];
    let names = async || {
        let nodes = told(&home.ask(&gateway, &["nodes", "list", "--json"]).await);
        let devices = listed(&home, &gateway).await;
        (
            nodes["nodes"][0]["displayName"].clone(),
            devices["paired"][0]["label"].clone(),
        )
    };
    assert_eq!(names().await, (json!("Its own name"), Value::Null));
    for (room, name) in [("nodes", "Attic"), ("devices", "Cellar"), ("nodes", "Roof")] {
        let renamed = home.ask(&gateway, &[room, "rename", short, name]).await;
        assert!(said(&renamed).contains(name), "{renamed:?}");
        assert_eq!(names().await, (json!(name), json!(name)));
        let described = home.ask(&gateway, &["nodes", "describe", name]).await;
        assert!(said(&described).contains(short), "{described:?}");
        said(&devices(&home, &gateway, &["trust", name, "trusted"]).await);
    }
}

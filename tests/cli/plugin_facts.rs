//! What a plug-in and touchdown tell each other: a schema that combines others, and the facts of a target.

use serde_json::Value;

use crate::aws::Aws;
use crate::place::assert_tells;
use crate::plugin_kinds::validated;
use crate::plugins::{DESCRIPTION, place, script};

#[test]
fn a_schema_may_be_combined_of_others_and_each_mistake_names_its_field() {
    let place = place();
    let forms = r#""required": ["least"], "$id": "https://acme.example/forms", "oneOf": [
        { "properties": { "url": { "type": "string" } }, "required": ["url"] },
        { "properties": { "host": { "type": "string" }, "port": { "type": "integer" } }, "required": ["host"] }]"#;
    let description = DESCRIPTION
        .replace("KIND", "acme.forms")
        .replace(r#""required": ["least"]"#, forms)
        .replace(r#""least": 3 }"#, r#""least": 3, "url": "a" }"#);
    let text = format!("#!/bin/sh\ncat <<'END'\n{description}\nEND\n");
    script(&place, "acme.forms", &text);
    for (fields, told) in [
        ("url: a", &[][..]),
        ("host: a, port: 80", &[]),
        ("mode: full", &["one of `url`, `host` is missing"]),
        (
            "host: a, port: soon",
            &["`port`: \"soon\" is not of type \"integer\""],
        ),
        (
            "host: a, prot: 80",
            &["unknown field `prot`", "did you mean `port`?"],
        ),
        (
            "url: a, host: b",
            &["this check has more than one of the forms"],
        ),
    ] {
        let ended = validated(
            &place,
            &format!("  - {{ check: acme.forms, least: 1, {fields} }}\n"),
        );
        ended.expect_code(if told.is_empty() { 0 } else { 2 });
        assert_tells(&ended.stderr, told);
        assert!(
            !ended.stderr.contains("unknown field `host`"),
            "{}",
            ended.stderr
        );
    }
    let schema = place.run(&["schema", "--plugins", "plugins"]);
    let schema: Value = serde_json::from_str(&schema.stdout).expect("JSON");
    let own = &schema["$defs"]["acme.forms"];
    assert_eq!(own["unevaluatedProperties"], false, "{own:#}");
    assert!(
        own.get("additionalProperties").is_none() && own.get("$id").is_none(),
        "{own:#}"
    );
}

#[test]
fn a_plug_in_is_given_the_facts_of_the_target() {
    let place = place();
    let description = DESCRIPTION
        .replace("KIND", "acme.echo")
        .replace(r#""summary""#, r#""looks_at_target": true, "summary""#);
    let describing =
        format!("if [ \"$1\" = --describe ]; then cat <<'END'\n{description}\nEND\nexit; fi");
    let answer = r#"echo '{"finding": {"state": "holds", "headline": "heard"}}'"#;
    script(
        &place,
        "acme.echo",
        &format!("#!/bin/sh\n{describing}\ncat >given.json\n{answer}\n"),
    );
    place.write(
        "touchdown.yaml",
        "version: 1\nplugins: plugins\ndefaults: { within: 20s, timeout: 10s }\ntargets:\n  \
        checkout: { cluster: prod-shop, service: checkout, region: eu-west-1 }\nchecks:\n\
        - { check: ecs.digest-running }\n- { check: acme.echo, least: 1, needs: ecs.digest-running }\n",
    );
    let aws = Aws::of("healthy");
    place
        .run(&["run", "--endpoint-url", &aws.url()])
        .expect_code(0);
    let given = place.json("given.json");
    let target = &given["target"];
    assert_eq!(
        (&target["name"], &target["region"], &target["desired"]),
        (&"checkout".into(), &"eu-west-1".into(), &2.into()),
        "{target:#}"
    );
    let tasks = target["tasks"].as_array().expect("tasks");
    let mut judged = tasks
        .iter()
        .filter(|task| task["of_judged_deployment"] == true);
    let app = |task: &Value| {
        let containers = task["containers"].as_array().cloned().unwrap_or_default();
        containers
            .into_iter()
            .find(|container| container["name"] == "app")
            .expect("app")
    };
    let digest = &target["expected_digests"]["app"];
    assert!(
        digest
            .as_str()
            .is_some_and(|digest| digest.starts_with("sha256:")),
        "{target:#}"
    );
    assert!(judged.clone().count() >= 2, "{target:#}");
    assert!(
        judged.all(|task| app(task)["digest"] == *digest && task["address"].is_string()),
        "{target:#}"
    );
    let balanced = &target["load_balancers"][0];
    assert_eq!(
        (&balanced["container"], &balanced["port"]),
        (&"app".into(), &8080.into())
    );
    assert_eq!(balanced["target_group"], target["target_groups"][0]);
    assert!(
        target["deployment"]["task_definition"]
            .to_string()
            .contains("checkout:42")
    );
}

//! The text of a starter suite, from literal facts.

use super::*;

fn container(name: &str, log_group: Option<&str>) -> StarterContainer {
    StarterContainer {
        name: name.into(),
        image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4".into(),
        in_ecr: true,
        has_health_check: true,
        log_group: log_group.map(str::to_owned),
    }
}

fn page(codes: &str, public: bool) -> HealthPage {
    HealthPage {
        path: "/health".into(),
        codes: Some(codes.into()),
        host: "shop-1.us-east-1.elb.amazonaws.com".into(),
        public,
    }
}

fn starter() -> Starter {
    Starter {
        at: "2025-11-18T23:46:00Z".parse().expect("a time"),
        cluster: "prod".into(),
        service: "shop".into(),
        region: "us-east-1".into(),
        containers: vec![container("app", Some("/ecs/shop"))],
        balanced: true,
        pages: vec![page("200", true)],
        gap: None,
    }
}

fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn it_names_the_target_and_leaves_the_image_to_ci() {
    let parts = [
        "  shop:\n    cluster: prod\n    service: shop\n    region: us-east-1\n    containers: [app]\n",
        "    # image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:${IMAGE_TAG}\n",
        "from what ran at 2025-11-18 23:46 UTC",
    ];
    assert_holds(&starter().suite(), &parts);
}

#[test]
fn the_health_page_is_asked_for_as_far_as_it_can_be() {
    let url = "url: \"http://shop-1.us-east-1.elb.amazonaws.com/health\"\n";
    let of = |page| {
        let pages = vec![page];
        Starter { pages, ..starter() }.suite()
    };
    let one = of(page("200", true));
    assert_holds(
        &one,
        &[&format!("\n    {url}"), "\n    expect: { status: 200 }\n"],
    );
    assert_holds(
        &of(page("200,302", true)),
        &["expect: { status: [200, 302] }"],
    );
    assert_holds(
        &of(page("200-399", true)),
        &["expect: { status: [2xx, 3xx] }"],
    );
    let odd = of(page("200-250", true));
    assert_holds(&odd, &[&format!("\n  #   {url}")]);
    let internal = of(page("200", false));
    assert_holds(&internal, &["internal", &format!("\n  #   {url}")]);
}

#[test]
fn health_is_asked_for_where_somebody_tells_it() {
    let all = starter().suite();
    assert_holds(
        &all,
        &[
            "- id: rolled-out\n",
            "- id: healthy\n",
            "- id: in-load-balancer\n",
            "- id: stable\n    check: ecs.stable\n    hold: 2m\n",
        ],
    );
    let mut alone = starter();
    (alone.balanced, alone.pages) = (false, Vec::new());
    alone.containers[0].has_health_check = false;
    let alone = alone.suite();
    assert!(
        !alone.contains("healthy\n") && !alone.contains("balancer\n"),
        "{alone}"
    );
}

#[test]
fn the_logs_are_watched_where_there_are_any() {
    let of = |containers| {
        Starter {
            containers,
            ..starter()
        }
        .suite()
    };
    let all = of(vec![
        container("app", Some("/a")),
        container("job", Some("/b")),
    ]);
    assert_holds(&all, &["no such line to /a, /b", "- id: no-errors\n"]);
    assert!(!all.contains("container:"), "{all}");
    let some = of(vec![container("app", Some("/a")), container("job", None)]);
    assert_holds(&some, &["container: app\n"]);
    let none = of(vec![container("job", None)]);
    assert!(!none.contains("no-errors"), "{none}");
}

#[test]
fn only_what_ecr_tells_of_is_judged() {
    let elsewhere = StarterContainer {
        image: "public.ecr.aws/envoy:v1".into(),
        in_ecr: false,
        ..container("envoy", Some("/envoy"))
    };
    let of = |containers| {
        Starter {
            containers,
            ..starter()
        }
        .suite()
    };
    let beside = of(vec![container("app", Some("/a")), elsewhere.clone()]);
    let parts = [
        "containers: [app]\n",
        "only ECR tells when an image was pushed: envoy (public.ecr.aws/envoy:v1)\n",
        "no such line to /a,",
    ];
    assert_holds(&beside, &parts);
    let alone = of(vec![elsewhere]);
    assert_holds(
        &alone,
        &[
            "containers: [envoy]\n",
            "\n  # - id: running\n",
            "\n  - id: no-errors\n",
        ],
    );
}

#[test]
fn what_could_not_be_looked_at_is_told() {
    let gap = Some("denied\nchecks: []".into());
    let told = Starter {
        gap,
        pages: Vec::new(),
        ..starter()
    }
    .suite();
    assert_holds(
        &told,
        &["\n  # The load balancer could not be looked at: denied\n  # checks: []\n"],
    );
}

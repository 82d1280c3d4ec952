//! CloudWatch over RPC v2 with CBOR, as the SDK speaks it, and over JSON.

mod support;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use minicbor::{Decoder, Encoder, data::Type};
use serde_json::{Value, json};
use support::{ask, pass, refused, signed_for, still};
use touchdown_simulator::Simulator;

/// Sends an operation as the Rust SDK does: maps without a length, instants under tag 1.
fn send_cbor(simulator: &Simulator, operation: &str, input: &Value) -> Response<Bytes> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder, input);
    let path =
        format!("http://simulated/service/GraniteServiceVersion20100801/operation/{operation}");
    let request = Request::post(path)
        .header("authorization", signed_for(simulator.scenario().region()))
        .header("content-type", "application/cbor")
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("accept", "application/cbor")
        .header("x-amzn-query-mode", "true")
        .body(Bytes::from(encoder.into_writer()))
        .expect("a request");
    let answer = simulator.answer(request);
    assert_eq!(answer.headers()["smithy-protocol"], "rpc-v2-cbor");
    assert_eq!(answer.headers()["content-type"], "application/cbor");
    answer
}

fn write(encoder: &mut Encoder<Vec<u8>>, value: &Value) {
    let written = match value {
        Value::Object(fields) => {
            encoder.begin_map().expect("it is written");
            for (name, value) in fields {
                encoder.str(name).expect("it is written");
                if name.ends_with("Time") {
                    let tag = minicbor::data::IanaTag::Timestamp;
                    encoder.tag(tag).expect("it is written");
                }
                write(encoder, value);
            }
            encoder.end()
        }
        Value::Array(members) => {
            encoder.array(members.len() as u64).expect("it is written");
            for member in members {
                write(encoder, member);
            }
            return;
        }
        Value::String(text) => encoder.str(text),
        Value::Bool(flag) => encoder.bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => encoder.i64(number),
            None => encoder.f64(number.as_f64().expect("a number")),
        },
        Value::Null => encoder.null(),
    };
    written.expect("it is written");
}

/// Reads an answer; an instant must be tagged and becomes `{"at": seconds}`.
fn read(decoder: &mut Decoder<'_>) -> Value {
    match decoder.datatype().expect("a type") {
        Type::Map => {
            let length = decoder.map().expect("a map").expect("a length");
            let field = |_| (decoder.str().expect("a name").to_owned(), read(decoder));
            Value::Object((0..length).map(field).collect())
        }
        Type::Array => {
            let length = decoder.array().expect("an array").expect("a length");
            (0..length).map(|_| read(decoder)).collect()
        }
        Type::Tag => {
            assert_eq!(decoder.tag().expect("a tag").as_u64(), 1);
            json!({ "at": read(decoder) })
        }
        Type::String => decoder.str().expect("text").into(),
        Type::Bool => decoder.bool().expect("a flag").into(),
        Type::F64 => decoder.f64().expect("a number").into(),
        Type::Null => {
            decoder.null().expect("null");
            Value::Null
        }
        _ => decoder.i64().expect("a number").into(),
    }
}

fn ask_cbor(simulator: &Simulator, operation: &str, input: Value) -> Value {
    let answer = send_cbor(simulator, operation, &input);
    let body = read(&mut Decoder::new(answer.body()));
    assert_eq!(answer.status(), 200, "{body}");
    body
}

/// Name, state and reason of each alarm.
fn alarms(simulator: &Simulator, input: Value) -> Vec<(String, String, String)> {
    let described = ask_cbor(simulator, "DescribeAlarms", input);
    let all = ["MetricAlarms", "CompositeAlarms"].map(|kind| described[kind].as_array().cloned());
    let all = all.into_iter().flatten().flatten();
    let text = |alarm: &Value, name: &str| alarm[name].as_str().unwrap_or_default().to_owned();
    all.map(|alarm| {
        (
            text(&alarm, "AlarmName"),
            text(&alarm, "StateValue"),
            text(&alarm, "StateReason"),
        )
    })
    .collect()
}

/// One metric by the minute, from 14:00 until now.
fn metric(simulator: &Simulator, name: &str, statistic: &str) -> Vec<(f64, f64)> {
    let group = json!({ "Name": "TargetGroup", "Value": "targetgroup/orders/943f017f100becff" });
    let balancer = json!({ "Name": "LoadBalancer", "Value": load_balancer(simulator) });
    let stat = json!({
        "Metric": { "Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": [group, balancer] },
        "Period": 60, "Stat": statistic
    });
    let input = json!({
        "MetricDataQueries": [{ "Id": "m", "MetricStat": stat }],
        "StartTime": START, "EndTime": START + 7_200.0, "ScanBy": "TimestampAscending"
    });
    let data = ask_cbor(simulator, "GetMetricData", input);
    let result = &data["MetricDataResults"][0];
    assert_eq!(result["StatusCode"], "Complete");
    let numbers = |list: &Value| -> Vec<f64> {
        let list = list.as_array().expect("a list").iter();
        list.map(|it| it["at"].as_f64().or(it.as_f64()).expect("a number"))
            .collect()
    };
    let times = numbers(&result["Timestamps"]);
    times.into_iter().zip(numbers(&result["Values"])).collect()
}

/// 14:00 on the day of the incident.
const START: f64 = 1_763_647_200.0;

fn load_balancer(simulator: &Simulator) -> String {
    let form = "Action=DescribeLoadBalancers&Version=2015-12-01";
    let (_, xml) = support::send_form(simulator, form);
    let arn = support::texts(&xml, "LoadBalancerArn").concat();
    let (_, name) = arn.split_once("loadbalancer/").expect("an ARN");
    name.to_owned()
}

#[test]
fn an_alarm_follows_its_metric_there_and_back() {
    let simulator = still("errors-after-deploy");
    let input = || json!({ "AlarmNames": ["orders-5xx"] });
    let (_, state, reason) = alarms(&simulator, input())[0].clone();
    assert_eq!(state, "ALARM");
    assert!(
        reason.starts_with("Threshold Crossed: 2 out of the last 2 datapoints [")
            && reason.ends_with(
                "were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition)."
            ),
        "{reason}"
    );
    simulator.perform("roll-back").expect("it can be done");
    pass(&simulator, 600);
    let (_, state, reason) = alarms(&simulator, input())[0].clone();
    assert_eq!(state, "OK");
    assert!(reason.starts_with("Threshold Crossed: "), "{reason}");
}

#[test]
fn an_alarm_tells_its_metric_and_since_when_it_has_its_state() {
    let simulator = still("errors-after-deploy");
    let described = ask_cbor(
        &simulator,
        "DescribeAlarms",
        json!({ "AlarmNamePrefix": "orders-5" }),
    );
    let alarm = &described["MetricAlarms"][0];
    let told = [
        ("Namespace", json!("AWS/ApplicationELB")),
        ("MetricName", json!("HTTPCode_Target_5XX_Count")),
        ("Statistic", json!("Sum")),
        ("Period", json!(60)),
        ("EvaluationPeriods", json!(2)),
        ("Threshold", json!(10.0)),
        ("ComparisonOperator", json!("GreaterThanThreshold")),
        ("TreatMissingData", json!("notBreaching")),
    ];
    for (name, value) in told {
        assert_eq!(alarm[name], value, "{name}");
    }
    let since = alarm["StateUpdatedTimestamp"]["at"]
        .as_f64()
        .expect("an instant");
    let minutes = (since - START) / 60.0;
    assert!(
        (5.0..=8.0).contains(&minutes),
        "{minutes} minutes after 14:00"
    );
    pass(&simulator, 900);
    let later = ask_cbor(
        &simulator,
        "DescribeAlarms",
        json!({ "AlarmNamePrefix": "orders-5" }),
    );
    assert_eq!(
        later["MetricAlarms"][0]["StateUpdatedTimestamp"], alarm["StateUpdatedTimestamp"],
        "it does not move while the state stays"
    );
}

#[test]
fn composite_alarms_come_only_when_they_are_asked_for() {
    let simulator = still("errors-after-deploy");
    let names = |input: Value| -> Vec<String> {
        alarms(&simulator, input)
            .into_iter()
            .map(|alarm| alarm.0)
            .collect()
    };
    assert_eq!(names(json!({})), ["orders-5xx", "orders-cpu"]);
    assert_eq!(
        names(json!({ "AlarmTypes": ["CompositeAlarm"] })),
        ["orders-trouble"]
    );
    assert_eq!(
        names(json!({ "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "StateValue": "ALARM" })),
        ["orders-5xx", "orders-trouble"]
    );
    assert_eq!(names(json!({ "AlarmNames": ["nobody"] })), [""; 0]);
    let first = ask_cbor(&simulator, "DescribeAlarms", json!({ "MaxRecords": 1 }));
    let token = first["NextToken"].clone();
    assert_eq!(
        names(json!({ "MaxRecords": 1, "NextToken": token })),
        ["orders-cpu"]
    );
}

#[test]
fn what_a_load_balancer_counts_follows_from_the_pages_of_its_targets() {
    let simulator = still("errors-after-deploy");
    let errors = metric(&simulator, "HTTPCode_Target_5XX_Count", "Sum");
    let good = metric(&simulator, "HTTPCode_Target_2XX_Count", "Sum");
    assert_eq!(good[0], (START, 240.0));
    assert_eq!(errors.last().map(|point| point.1), Some(240.0));
    assert!(errors[0].0 > START, "no point where the count is zero");
    let all = metric(&simulator, "RequestCount", "Sum");
    assert_eq!(all.len(), 10, "minutes that are over");
    assert!(all.iter().all(|point| point.1 == 240.0));
    let hosts = metric(&simulator, "HealthyHostCount", "Minimum");
    assert_eq!(hosts.first().map(|point| point.1), Some(2.0));
}

#[test]
fn a_share_is_computed_and_only_what_was_asked_for_comes_back() {
    let simulator = still("errors-after-deploy");
    let stat = |name: &str| {
        let balancer = json!({ "Name": "LoadBalancer", "Value": load_balancer(&simulator) });
        json!({
            "Metric": { "Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": [balancer] },
            "Period": 300, "Stat": "Sum"
        })
    };
    let input = json!({
        "MetricDataQueries": [
            { "Id": "errors", "MetricStat": stat("HTTPCode_Target_5XX_Count"), "ReturnData": false },
            { "Id": "requests", "MetricStat": stat("RequestCount"), "ReturnData": false },
            { "Id": "share", "Expression": "FILL(errors, 0) / requests * 100", "Label": "errors of a hundred" },
        ],
        "StartTime": START - 300.0, "EndTime": START + 600.0
    });
    let data = ask_cbor(&simulator, "GetMetricData", input);
    let results = data["MetricDataResults"].as_array().expect("results");
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["Label"], "errors of a hundred");
    let values: Vec<f64> = results[0]["Values"]
        .as_array()
        .expect("values")
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    assert_eq!(
        (values[0], values[2]),
        (100.0, 0.0),
        "newest first: {values:?}"
    );
}

#[test]
fn json_is_answered_too_with_plain_numbers() {
    let simulator = still("errors-after-deploy");
    let stat = json!({
        "Metric": {
            "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
            "Dimensions": [{ "Name": "ServiceName", "Value": "orders" }, { "Name": "ClusterName", "Value": "prod-shop" }]
        },
        "Period": 60, "Stat": "Average"
    });
    let input = json!({
        "MetricDataQueries": [{ "Id": "cpu", "MetricStat": stat }], "StartTime": START + 180.0, "EndTime": START + 360.0
    });
    let data = ask(&simulator, "cloudwatch:GetMetricData", input);
    assert_eq!(
        data["MetricDataResults"][0]["Timestamps"],
        json!([START + 300.0, START + 240.0, START + 180.0])
    );
    assert_eq!(
        data["MetricDataResults"][0]["Values"],
        json!([4.25, 31.5, 31.5])
    );
}

#[test]
fn points_by_the_minute_are_kept_for_fifteen_days_and_longer_ones_longer() {
    const DAY: f64 = 86_400.0;
    let simulator = still("errors-after-deploy");
    pass(&simulator, 20 * 86_400);
    let first = |period: u32| {
        let stat = json!({
            "Metric": {
                "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
                "Dimensions": [{ "Name": "ServiceName", "Value": "orders" }, { "Name": "ClusterName", "Value": "prod-shop" }]
            },
            "Period": period, "Stat": "Average"
        });
        let input = json!({
            "MetricDataQueries": [{ "Id": "cpu", "MetricStat": stat }], "StartTime": START + DAY,
            "EndTime": START + 6.0 * DAY, "ScanBy": "TimestampAscending"
        });
        let data = ask(&simulator, "cloudwatch:GetMetricData", input);
        data["MetricDataResults"][0]["Timestamps"][0].as_f64()
    };
    assert_eq!(first(60), Some(START + 5.0 * DAY + 600.0));
    assert_eq!(first(300), Some(START + DAY));
}

#[test]
fn errors_come_with_their_code_of_old() {
    let simulator = still("errors-after-deploy");
    let fails = || {
        let answer = send_cbor(&simulator, "DescribeAlarms", &json!({}));
        let body = read(&mut Decoder::new(answer.body()));
        let old = answer.headers()["x-amzn-query-error"]
            .to_str()
            .expect("text");
        (
            answer.status().as_u16(),
            body["__type"].clone(),
            old.to_owned(),
        )
    };
    simulator.throttle("cloudwatch:*", Duration::from_secs(5));
    assert_eq!(
        fails(),
        (
            400,
            json!("ThrottlingException"),
            "Throttling;Sender".to_owned()
        )
    );
    simulator.end_faults();
    simulator.deny("cloudwatch:DescribeAlarms");
    assert_eq!(
        fails(),
        (
            400,
            json!("AccessDeniedException"),
            "AccessDenied;Sender".to_owned()
        )
    );
    simulator.end_faults();
    let expression = json!({
        "MetricDataQueries": [{ "Id": "m", "Expression": "SEARCH('x', 'Sum')" }], "StartTime": START, "EndTime": START + 60.0
    });
    let (kind, message) = refused(&simulator, "cloudwatch:GetMetricData", expression);
    assert_eq!(kind, "ValidationError");
    assert!(message.contains("SEARCH"), "{message}");
}

//! awsQuery: forms come in as `Targets.member.1.Id=…`, and XML goes out.

use quick_xml::escape::escape;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};

/// One field of a form.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body)
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.into_owned())
}

/// A form as a tree. Every leaf is text, and `member` makes a list: its numbers give the order.
pub(super) fn input(body: &[u8]) -> Value {
    let mut root = Node::default();
    for (name, value) in form_urlencoded::parse(body) {
        let mut node = &mut root;
        for part in name.split('.').filter(|part| *part != "member") {
            node = node.child(part);
        }
        node.text = Some(value.into_owned());
    }
    root.value()
}

/// A part of a form's names, with what is below it.
#[derive(Default)]
struct Node {
    text: Option<String>,
    children: Vec<(String, Node)>,
}

impl Node {
    fn child(&mut self, name: &str) -> &mut Self {
        let known = self.children.iter().position(|(child, _)| child == name);
        let position = known.unwrap_or_else(|| {
            self.children.push((name.to_owned(), Self::default()));
            self.children.len() - 1
        });
        &mut self.children[position].1
    }

    fn value(self) -> Value {
        if self.children.is_empty() {
            return self.text.map_or(Value::Null, Value::String);
        }
        let number = |(name, _): &(String, Self)| name.parse::<usize>().ok();
        if self.children.iter().all(|child| number(child).is_some()) {
            let mut members = self.children;
            members.sort_by_key(number);
            return members.into_iter().map(|(_, node)| node.value()).collect();
        }
        let fields = self.children.into_iter();
        Value::Object(fields.map(|(name, node)| (name, node.value())).collect())
    }
}

/// Reads a number that the form has as text.
pub(super) fn maybe_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(D::Error::custom))
        .transpose()
}

/// An output within its operation's envelope.
pub(super) fn output(operation: &str, namespace: &str, request_id: &str, body: &Value) -> String {
    let mut fields = String::new();
    write_members(body.as_object().unwrap_or(&Map::new()), &mut fields);
    format!(
        "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{fields}</{operation}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>\n"
    )
}

/// An error within its envelope. `kind` is who is to blame: `Sender` or `Receiver`.
pub(super) fn error(
    namespace: &str,
    request_id: &str,
    kind: &str,
    code: &str,
    message: &str,
) -> String {
    let message = escape(message);
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>\n"
    )
}

fn write_members(fields: &Map<String, Value>, xml: &mut String) {
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        write_element(name, value, xml);
    }
}

fn write_element(name: &str, value: &Value, xml: &mut String) {
    xml.push_str(&format!("<{name}>"));
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => xml.push_str(&value.to_string()),
        Value::String(text) => xml.push_str(&escape(text.as_str())),
        Value::Array(members) => {
            for member in members {
                write_element("member", member, xml);
            }
        }
        Value::Object(fields) => write_members(fields, xml),
    }
    xml.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_is_a_tree_with_lists_in_the_order_of_their_numbers() {
        let form = b"Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn%3Aa%2Fb\
                     &Targets.member.2.Id=10.0.0.2&Targets.member.1.Id=10.0.0.1&Targets.member.1.Port=80&Names=";
        assert_eq!(
            input(form),
            json!({
                "Action": "DescribeTargetHealth",
                "Version": "2015-12-01",
                "TargetGroupArn": "arn:a/b",
                "Targets": [{ "Id": "10.0.0.1", "Port": "80" }, { "Id": "10.0.0.2" }],
                "Names": "",
            })
        );
        assert_eq!(
            field(form, "Action").as_deref(),
            Some("DescribeTargetHealth")
        );
    }

    #[test]
    fn text_is_escaped_and_lists_have_members() {
        let body =
            json!({ "Groups": [{ "Name": "a<b" }], "Empty": [], "Marker": null, "Port": 80 });
        assert_eq!(
            output("List", "urn:x", "1", &body),
            "<ListResponse xmlns=\"urn:x\"><ListResult><Groups><member><Name>a&lt;b</Name></member></Groups>\
             <Empty></Empty><Port>80</Port></ListResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
             </ListResponse>\n"
        );
    }
}

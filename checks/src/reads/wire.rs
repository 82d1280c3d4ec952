//! The HTTP client that every AWS client shares. What only `https://` needs, above all the system's
//! certificates, is read when the first such address is asked, and never for another.

use std::fmt;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The variables that send an address without TLS to a proxy, which may itself want TLS.
const PROXIES: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// One client, and so one connection pool and one TLS stack, for every AWS service; it
/// honours the proxy variables.
pub(super) fn http_client() -> SharedHttpClient {
    let proxied = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let trusting = hyper(TrustStore::default);
    let plain = if PROXIES.into_iter().any(proxied) {
        trusting.clone()
    } else {
        hyper(TrustStore::empty)
    };
    SharedHttpClient::new(Wire { plain, trusting })
}

/// Makes its connectors, and reads the certificates that they trust, when first asked for one.
fn hyper(trust: fn() -> TrustStore) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let context = TlsContext::builder().with_trust_store(trust()).build();
        // Nothing but the trust store is told, so that nothing can be wrong.
        let context = context.unwrap_or_default();
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context);
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

/// Asks by the address's scheme. It doesn't validate the SDK's configurations as hyper's client does,
/// which reads the certificates anew for each of the SDK's clients.
#[derive(Clone)]
struct Wire {
    /// Trusts no certificate.
    plain: SharedHttpClient,
    trusting: SharedHttpClient,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            wire: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.trusting.connector_metadata()
    }
}

/// The wire, with the settings of one request. The clients behind it keep their connections
/// by these settings.
struct Connector {
    wire: Wire,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = match request.uri().starts_with("http://") {
            true => &self.wire.plain,
            false => &self.wire.trusting,
        };
        let connector = client.http_connector(&self.settings, &self.components);
        connector.call(request)
    }
}

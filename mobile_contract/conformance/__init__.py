"""The conformance kit: a flaky network, checks for servers, and recorded exchanges for clients, in any language."""

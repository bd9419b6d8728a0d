"""What a client names is reached only where that is allowed."""

from __future__ import annotations

import ipaddress

import pytest

from vivavoce.errors import InputError
from vivavoce.tools.arguments import is_plain_schema
from vivavoce.tools.mcp.guard import check_url, is_public
from vivavoce.tools.mcp.timing import McpTiming


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "::8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fd00::1", "fe80::1%eth0", "ff02::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_its_network_are_not_in_whatever_form(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "network",
    [
        # IANA IPv4 Special-Purpose Address Registry: what is not globally reachable, and multicast.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        # IANA IPv6 Special-Purpose Address Registry, likewise.
        "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/32", "2001:2::/48",
        "2001:10::/28", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        # IANA Internet Protocol Version 6 Address Space: what is no global unicast.
        "200::/7", "4000::/3", "e000::/4", "fec0::/10", "ff00::/8",
        # The networks above, in IPv6 clothes: IPv4-compatible, mapped, NAT64, 6to4.
        "::10.0.0.0/104", "::127.0.0.0/104", "::ffff:192.168.0.0/112", "64:ff9b::a9fe:0/112", "2002:a00::/24",
    ],
)  # fmt: skip
def test_no_address_of_a_special_purpose_network_is_public(network: str) -> None:
    block = ipaddress.ip_network(network)
    middle = block[block.num_addresses // 2]
    assert [str(ip) for ip in (block[0], middle, block[-1]) if is_public(str(ip))] == []


@pytest.mark.parametrize("url", ["https://example.org/mcp", "http://example.org:8080/"])
def test_a_url_of_http_is_let_through_to_the_check_of_its_address(url: str) -> None:
    check_url(url, "public")


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("https://example.org/mcp", "refuse"),
        ("file:///etc/passwd", "any"),
        ("ftp://example.org/", "any"),
        ("https://user:password@example.org/", "any"),
        ("https:///mcp", "any"),
        ("not a url", "any"),
        ("http://[::1", "any"),
    ],
)
def test_any_other_url_is_refused(url: str, reach: str) -> None:
    with pytest.raises(InputError) as refused:
        check_url(url, reach)  # type: ignore[arg-type]
    assert refused.value.code == "mcp_refused"


def test_a_schema_with_references_or_patterns_is_not_checked_for_strangers() -> None:
    assert is_plain_schema({"type": "object", "properties": {"a": {"type": "array", "items": {"enum": [1]}}}})
    assert not is_plain_schema({"properties": {"a": {"pattern": "(a+)+$"}}})
    assert not is_plain_schema({"anyOf": [{"$ref": "#"}]})


def test_waits_grow_and_stay_bounded() -> None:
    timing = McpTiming()
    assert [timing.wait_seconds(failures) for failures in (1, 2, 3, 8, 1_000)] == [0.5, 1.0, 2.0, 60.0, 60.0]

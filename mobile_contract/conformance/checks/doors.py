"""How a phone gets in and stays in: a one-time code, its own key, and refresh tokens that rotate."""

from mobile_contract.conformance.checks.errors import is_problem
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, must
from mobile_contract.conformance.verdicts import equal


async def enrolment(field: Field) -> None:
    stranger = RawPhone(field.http)
    body = {
        "code": "0000000000", "public_key": stranger.key.public(), "label": "x", "platform": "android",
        "proof": stranger.key.sign("0000000000"),
    }  # fmt: skip
    is_problem(await field.http.post("/v1/devices", json=body), 401, "a wrong code")
    code = await field.desk.code(field.technician)
    wrong = {**body, "code": code, "proof": stranger.key.sign("something else")}
    is_problem(await field.http.post("/v1/devices", json=wrong), 422, "a proof by nobody")
    right = {**body, "code": code, "proof": stranger.key.sign(code)}
    equal((await field.http.post("/v1/devices", json=right)).status_code, 201, "the right proof still works:")
    is_problem(await field.http.post("/v1/devices", json=right), 401, "a code that was used")


async def device_sign_in(field: Field) -> None:
    phone = await field.phone()
    path = f"/v1/auth/device/{phone.device_id}/challenge"
    challenge = must(await field.http.post(path), 200)["challenge"]
    forged = {"challenge": challenge, "signature": phone.forged()}
    is_problem(await field.http.post("/v1/auth/device", json=forged), 401, "a challenge signed by nobody")
    right = {"challenge": challenge, "signature": phone.key.sign(challenge)}
    phone.token = must(await field.http.post("/v1/auth/device", json=right), 200)["access_token"]
    equal((await phone.post([], phone.held.cursor)).status_code, 200, "status of an exchange with the new token")
    is_problem(await field.http.post("/v1/auth/device", json=right), 401, "a challenge that was used")


async def refresh(field: Field) -> None:
    code = await field.desk.code(field.technician)
    phone = RawPhone(field.http)
    body = {
        "code": code, "public_key": phone.key.public(), "label": "x", "platform": "web", "proof": phone.key.sign(code),
    }  # fmt: skip
    first = must(await field.http.post("/v1/devices", json=body), 201)
    second = must(await field.http.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}), 200)
    equal(second["device_id"], first["device_id"], "the device after a refresh")
    phone.token = second["access_token"]
    equal((await phone.post([], None)).status_code, 200, "status of an exchange with the new token")
    again = await field.http.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    # For ten seconds a used one gives a sibling, for two tabs of one browser; a server may also refuse it at once.
    if again.status_code != 200:
        is_problem(again, 401, "a refresh token that was used")
    for what, token in (("a refresh token of nobody", "x" * 43), ("an access token", second["access_token"])):
        answer = await field.http.post("/v1/auth/refresh", json={"refresh_token": token})
        is_problem(answer, 401, f"refreshing by {what}")


CHECKS: dict[str, Check] = {
    "a code enrols one phone, and only with the key's proof": enrolment,
    "a device signs itself in by its key; nobody else does": device_sign_in,
    "a refresh token gives the next one; others give nothing": refresh,
}

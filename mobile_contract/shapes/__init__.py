"""What a report and a signature must be like to be sealed: shapes, limits and rules, for the phone before the customer signs
and for the server when they arrive.

There is one implementation in Python, which the server imports, because intake and phone are to say the same; the seal's
verifiers are the ones that share nothing. The TypeScript client has its own, held to this one by `vectors/shapes.json`.
"""

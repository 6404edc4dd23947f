"""A SendGrid and a Twilio on loopback, to develop and test against: what they do is in docs/fakes.md."""

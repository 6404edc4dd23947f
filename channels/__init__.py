"""Providers, translated: one each behind the protocol in `channels.protocol`. No vendor's word leaves this folder."""

"""`python -m server.contract`: writes every generated file of the contract."""

from server.contract.written import write

write()

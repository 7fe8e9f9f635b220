"""What customers agree to when they sign: texts of the company's own, in place of the contract's."""

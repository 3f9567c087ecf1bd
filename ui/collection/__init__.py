"""What the collection's tab shows and does, without a page: plain data and markup."""

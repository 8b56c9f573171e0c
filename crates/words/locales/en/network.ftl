# Who was not reached, and who is not in step.

unreached-no-address = no address of it is known, and it has not connected
unreached-refused = its node is not running, or not at the known addresses
unreached-elsewhere = another node listens at its address
unreached-behind = it cannot be called, and the partner that relays for it does not reach it
unreached-timed-out = it did not answer in time
unreached-no-route = there is no way from here to its address; is this machine connected to a network?
unreached-broken-off = the connection to it broke off
unreached-foreign = what listens at its address is no accord node
unreached-unwelcome = it did not accept this device
unreached-pending = the admission of this organisation is pending there
unreached-address = its address { $address } is not one that this version can reach
unreached-no-place = there is no place for it
behind-lost = the connection was lost
behind-refused = entries of a log were refused: { $why }
behind-unsaid-some =
    { $count ->
        [one] it has not said that it has the last entry
       *[other] it has not said that it has { $count } entries
    }
behind-unsaid = it has not said yet what it holds
behind-not-here =
    { $count ->
        [one] 1 of its entries is not here yet
       *[other] { $count } of its entries are not here yet
    }
entries-left =
    { $count ->
        [one] 1 entry left
       *[other] { $count } entries left
    }
connecting = connecting
unexpected = an unexpected failure
pack-not-as-told = it is not what its sender says of it

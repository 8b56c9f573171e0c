# Bundles, which are carried by hand.

bundle-made = { $entries } for { $code }.
bundle-made-beyond = { $entries } for { $code } beyond what { $code } said that it has.
bundle-opens =
    { $devices ->
        [one] Only { $code } can open it, on the device that it has now; whoever carries it cannot.
       *[other] Only { $code } can open it, on the { $devices } devices that it has now; whoever carries it cannot.
    }
bundle-made-next = at { $code }: accord bundle read FILE
bundle-nothing-new = The bundle of { $from }, made { $made }, has nothing that is not here already. Nothing changed.
bundle-new =
    { $count ->
        [one] { $count } entry new of { $from }, as of { $made }.
       *[other] { $count } entries new of { $from }, as of { $made }.
    }
bundle-changes =
    { $count ->
        [one] It changes { $documents }.
       *[other] They change { $documents }.
    }
bundle-more-names = { $count } more
bundle-left-out =
    { $count ->
        [one] { $count } entry was left out: this organisation does not read its space, or it does not count.
       *[other] { $count } entries were left out: this organisation does not read their space, or they do not count.
    }
bundle-gaps =
    { $count ->
        [one] What { $count } device wrote could not be taken in: something before it is missing here.
       *[other] What { $count } devices wrote could not be taken in: something before it is missing here.
    }
bundle-gaps-next = ask { $from } for everything: accord bundle create --whole --for CODE
bundle-read-next = give something back: accord bundle create --for { $from }

bundle-for-oneself = a bundle is for another organisation
    .hint = name the organisation that is to read it: accord organisations
bundle-for-nobody = no organisation { $code } takes part in the programme
    .hint = these do: { $codes }
bundle-not-written = the bundle { $file } cannot be written: { $why }
    .hint = name a new file on a disk with room
bundle-uncertified = this device is not certified, so nobody would take a bundle of it
    .hint = where the root key is: accord device add LINE
bundle-other-programme = the bundle is of another programme; nothing of it was taken
bundle-outsider = the bundle was made outside of the programme; nothing of it was taken
    .hint = take one from an organisation that takes part: accord organisations. If its maker was admitted only lately, read one of a maker that you know first
bundle-of-removed = the bundle is of { $code }, which takes no part in the programme; nothing of it was taken
    .hint = see who takes part: accord organisations
bundle-of-revoked = the bundle was made by a device of { $code } that was revoked; nothing of it was taken
    .hint = ask { $code } for one of another device
bundle-kept-nothing = nothing of it was taken
bundle-kept =
    { $count ->
        [one] the entry before that was taken, since it proves itself
       *[other] the { $count } entries before that were taken, since they prove themselves
    }
bundle-none = { $file } is no bundle; { $kept }
    .hint = a bundle is made by: accord bundle create --for CODE
bundle-damaged = { $file } is damaged: it was cut off, or changed on its way; { $kept }
    .hint = copy the file again, or ask for another one
bundle-not-for-us = { $file } is for another organisation, and only its devices can open it; { $kept }
    .hint = ask its maker for one for this organisation
bundle-pass-on = { $file } is for { $code }, and only its devices can open it; { $kept }
    .hint = pass it on to { $code }
bundle-not-for-this-device = { $file } was made before its sender knew this device; { $kept }
    .hint = read it on another device of this organisation, or ask for a new one once the sender has heard of this device
bundle-unreadable = { $file } cannot be read: { $why }; { $kept }
    .hint = is the file there, and may it be read?
bundle-unproved = { $file } holds what its maker cannot prove ({ $why }); { $kept }
    .hint = tell whoever made it; a new one may be read at any time

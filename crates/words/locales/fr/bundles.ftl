# Les paquets, que l'on porte à la main.

bundle-made = { $entries } pour { $code }.
bundle-made-beyond = { $entries } pour { $code }, en plus de ce que l'organisation { $code } a déclaré avoir.
bundle-opens =
    { $devices ->
        [one] Seule l'organisation { $code } peut l'ouvrir, sur l'appareil qu'elle a maintenant ; qui le porte ne le peut pas.
       *[other] Seule l'organisation { $code } peut l'ouvrir, sur les { $devices } appareils qu'elle a maintenant ; qui le porte ne le peut pas.
    }
bundle-made-next = chez { $code } : accord bundle read FICHIER
bundle-nothing-new = Le paquet de l'organisation { $from }, fait { $made }, ne contient rien qui ne soit déjà ici. Rien n'a changé.
bundle-new =
    { $count ->
        [one] { $count } entrée nouvelle de l'organisation { $from }, état : { $made }.
       *[other] { $count } entrées nouvelles de l'organisation { $from }, état : { $made }.
    }
bundle-changes =
    { $count ->
        [one] Elle modifie { $documents }.
       *[other] Elles modifient { $documents }.
    }
bundle-more-names = { $count } autres
bundle-left-out =
    { $count ->
        [one] { $count } entrée a été laissée de côté : cette organisation ne lit pas son espace, ou elle ne compte pas.
       *[other] { $count } entrées ont été laissées de côté : cette organisation ne lit pas leur espace, ou elles ne comptent pas.
    }
bundle-gaps =
    { $count ->
        [one] Ce que { $count } appareil a écrit n'a pas pu être repris : il manque ici ce qui précède.
       *[other] Ce que { $count } appareils ont écrit n'a pas pu être repris : il manque ici ce qui précède.
    }
bundle-gaps-next = demandez tout à { $from } : accord bundle create --whole --for CODE
bundle-read-next = donnez quelque chose en retour : accord bundle create --for { $from }

bundle-for-oneself = un paquet est pour une autre organisation
    .hint = nommez l'organisation qui doit le lire : accord organisations
bundle-for-nobody = aucune organisation { $code } ne participe au programme
    .hint = participent : { $codes }
bundle-not-written = le paquet { $file } ne peut pas être écrit : { $why }
    .hint = nommez un nouveau fichier sur un disque qui a de la place
bundle-uncertified = cet appareil n'est pas certifié : personne ne prendrait un paquet de lui
    .hint = là où est la clé racine : accord device add LIGNE
bundle-other-programme = le paquet est d'un autre programme ; rien n'en a été pris
bundle-outsider = le paquet a été fait hors du programme ; rien n'en a été pris
    .hint = prenez-en un d'une organisation qui participe : accord organisations. Si son auteur n'a été admis que récemment, lisez d'abord celui d'un auteur que vous connaissez
bundle-of-removed = le paquet vient de l'organisation { $code }, qui ne participe pas au programme ; rien n'en a été pris
    .hint = voyez qui participe : accord organisations
bundle-of-revoked = le paquet a été fait par un appareil de l'organisation { $code } qui a été révoqué ; rien n'en a été pris
    .hint = demandez-en un à { $code }, fait par un autre appareil
bundle-kept-nothing = rien n'en a été pris
bundle-kept =
    { $count ->
        [one] l'entrée qui précède a été prise, puisqu'elle se prouve elle-même
       *[other] les { $count } entrées qui précèdent ont été prises, puisqu'elles se prouvent elles-mêmes
    }
bundle-none = { $file } n'est pas un paquet ; { $kept }
    .hint = un paquet se fait par : accord bundle create --for CODE
bundle-damaged = { $file } est abîmé : coupé, ou changé en chemin ; { $kept }
    .hint = copiez de nouveau le fichier, ou demandez-en un autre
bundle-not-for-us = { $file } est pour une autre organisation, et seuls ses appareils peuvent l'ouvrir ; { $kept }
    .hint = demandez-en un à son auteur pour cette organisation
bundle-pass-on = { $file } est pour { $code }, et seuls ses appareils peuvent l'ouvrir ; { $kept }
    .hint = transmettez-le à { $code }
bundle-not-for-this-device = { $file } a été fait avant que son auteur ne connaisse cet appareil ; { $kept }
    .hint = lisez-le sur un autre appareil de cette organisation, ou demandez-en un nouveau quand l'auteur connaîtra cet appareil
bundle-unreadable = { $file } ne peut pas être lu : { $why } ; { $kept }
    .hint = le fichier est-il là, et peut-il être lu ?
bundle-unproved = { $file } contient ce que son auteur ne peut pas prouver ({ $why }) ; { $kept }
    .hint = dites-le à qui l'a fait ; un nouveau peut être lu à tout moment
